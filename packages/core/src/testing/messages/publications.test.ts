import { eachIsHere, sentences } from "../../messages/sentences.test.data.ts";
import * as messages from "./publications.ts";

sentences([
  [
    messages.announcedNotPublished("mine", "word"),
    '[mine] The plugin names "word" in `publishes`, but step does not publish it. Return it in `publish`, ' +
      "or leave it out of `publishes`.",
  ],
  [
    messages.publishedNotAnnounced("mine", "word"),
    '[mine] step publishes "word", but the plugin does not name it in `publishes`, so no plugin can ' +
      "require it. Name it there.",
  ],
  [
    messages.usedNotRequired("mine", "word"),
    '[mine] step takes "word" with `use`, but the plugin does not name it in `requires`, so the plugin ' +
      "that publishes it may run later. Name it there.",
  ],
  [
    messages.usedThoughOptional("mine", "word"),
    '[mine] step takes "word" with `use`, but the plugin names it in `uses` and not in `requires`, and ' +
      "`use` throws where no plugin publishes it. Take it with `find`, or name it in `requires`.",
  ],
  [
    messages.soughtNotNamed("mine", "word"),
    '[mine] step looks for "word" with `find`, but the plugin does not name it in `uses`, so the plugin ' +
      "that publishes it may run later. Name it there.",
  ],
  [
    messages.namedNotSought("mine", "word"),
    '[mine] The plugin names "word" in `uses`, but step never looks for it with `find`. Leave it out.',
  ],
]);

eachIsHere(messages, import.meta.url);
