import * as messages from "./init.ts";
import { eachIsHere, errors } from "./sentences.test.data.ts";

errors([
  [
    "USAGE",
    messages.fileExists("config.yaml"),
    "config.yaml exists already; nothing was written. Choose another path.",
  ],
  [
    "USAGE",
    messages.imagesMissing(),
    "--images must be given with --yes, or where there is no terminal to ask on.",
  ],
  ["USAGE", messages.questionsCancelled(), "Cancelled before the last answer; nothing was written."],
  ["USAGE", messages.tooFewImages("./few", 15, 16), "./few has 15 images; training needs at least 16."],
  [
    "USAGE",
    messages.unknownEncoder("resnet21", "photos", ["resnet18", "resnet50"]),
    '--encoder must be one of resnet18, resnet50 for photos, got resnet21. Did you mean "resnet18"?',
  ],
]);

eachIsHere(messages, import.meta.url);
