import { eachIsHere, sentences } from "../../messages/sentences.test.data.ts";
import * as messages from "./views.ts";

sentences([
  [
    messages.viewNeverRead("mine", "views", "extra"),
    '[mine] views asks for "extra", but no plugin reads `context.views["extra"]` in step, so its images ' +
      "would be made for nothing. Read it, or leave it out of `views`.",
  ],
  [
    messages.viewNotAskedFor("mine", "patches", "tiles", ["image", "other"]),
    '[mine] step reads `context.patches["tiles"]`, but no plugin asks for a view of this name. The views ' +
      'are "image", "other": return "tiles" from `views` too, or read one of these.',
  ],
  [
    messages.patchesReadAsView("mine", "tiles"),
    '[mine] step reads `context.views["tiles"]`, but the recipe of this view cuts patches. Read ' +
      '`context.patches["tiles"]`.',
  ],
  [
    messages.viewReadAsPatches("mine", "image"),
    '[mine] step reads `context.patches["image"]`, but the recipe of this view cuts no patches. Read ' +
      '`context.views["image"]`.',
  ],
]);

eachIsHere(messages, import.meta.url);
