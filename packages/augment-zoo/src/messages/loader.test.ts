import * as messages from "./loader.ts";
import { eachIsHere, errors } from "./sentences.test.data.ts";

errors([
  [messages.emptyFiles(), "files must name at least one image, got an empty list."],
  [messages.emptyViews(), "views must name at least one recipe, got none."],
  [messages.indexOutOfRange(13, 13), "load: indices must be whole numbers in 0 .. 12, got 13."],
  [messages.invalidCacheMegabytes(-1), "cacheMegabytes must be a number >= 0, got -1."],
  [messages.invalidCount("workers", 1.5), "workers must be a whole number >= 1, got 1.5."],
  [messages.invalidMaxCorruptShare(1), "maxCorruptShare must be a number >= 0 and < 1, got 1."],
  [messages.invalidRange([9, 9]), "range must be [low, high] with low < high, got [9,9]."],
  [messages.loaderClosed(), "The loader is closed."],
  [messages.wrongBatch(17, 16), "load: indices must hold 1 .. 16 (batchSize) images, got 17."],
]);

eachIsHere(messages, import.meta.url);
