import { eachIsHere, sentences } from "../../messages/sentences.test.data.ts";
import * as messages from "./options.ts";

sentences([
  [
    messages.optionWithoutDefault("mine", "dim"),
    '[mine] The option "dim" has no default, but a config may leave out every option. Give it a default in ' +
      "the schema of the plugin's options.",
  ],
  [
    messages.defaultsRefused("mine", "the config has 1 problem: plugins.mine.dim: must be >= 1, got 0"),
    "[mine] Correct the defaults of the plugin's options, or their schema, which refuses them: the config " +
      "has 1 problem: plugins.mine.dim: must be >= 1, got 0",
  ],
  [
    messages.unknownOptionAccepted("mine", "noSuchOption"),
    '[mine] The schema of the plugin\'s options accepts "noSuchOption", which is no option of it, so a ' +
      "misspelt option would be ignored. Set additionalProperties to false in the schema.",
  ],
  [
    messages.wrongTypeAccepted("mine", "dim", "text"),
    '[mine] The option "dim" accepts "text", because its schema names no type. Give it one, in the schema ' +
      "of the plugin's options.",
  ],
  [
    messages.refusedWithoutPath(
      "mine",
      "plugins.mine.dim",
      "the config has 1 problem: plugins.mine: must be object",
    ),
    '[mine] The refusal of a wrong value must name the path of the option, "plugins.mine.dim". Check the ' +
      "option by itself, under `properties` of the schema. Got: the config has 1 problem: plugins.mine: " +
      "must be object",
  ],
]);

eachIsHere(messages, import.meta.url);
