import { eachIsHere, errors } from "./sentences.test.data.ts";
import * as messages from "./usage.ts";

errors([
  [
    "USAGE",
    messages.placeNotWritable("--out", "a/b", "it is a folder"),
    "--out: a/b cannot be written: it is a folder. Choose another place.",
  ],
  ["USAGE", messages.allowChangeWithoutResume(), "--allow-change can only be used with --resume."],
  ["USAGE", messages.configMissing(), "train needs a config file, or --resume <run>."],
  [
    "USAGE",
    messages.imageOutOfRange(48, 48),
    "--image must be 0 to 47, the number of a training image, got 48.",
  ],
  ["USAGE", messages.outWithResume(), "--out is for a new run; --resume continues in the run's own folder."],
  ["USAGE", messages.sameRunTwice(), "report was given the same run twice."],
  [
    "USAGE",
    messages.unknownCode("INVALID_DATE", ' Did you mean "INVALID_DATA"?'),
    'There is no error code INVALID_DATE. Did you mean "INVALID_DATA"?',
  ],
  [
    "USAGE",
    messages.unknownView("strong", ["query", "key"]),
    "--view must name views of this config (query, key), got strong.",
  ],
]);

eachIsHere(messages, import.meta.url);
