import { eachIsHere, sentences } from "../../messages/sentences.test.data.ts";
import * as messages from "./labels.ts";

sentences([
  [
    messages.labelsNotNamed("mine"),
    "[mine] step reads `context.labels`, but the plugin does not name them in `reads`, so it is given " +
      'none. Set reads: ["labels"].',
  ],
  [
    messages.labelsNeverRead("mine"),
    '[mine] The plugin names "labels" in `reads`, but step never reads `context.labels`, so they would be ' +
      "passed to it for nothing. Leave them out of `reads`.",
  ],
]);

eachIsHere(messages, import.meta.url);
