import { eachIsHere, sentences } from "./sentences.test.data.ts";
import * as messages from "./writing.ts";

sentences([
  [messages.REPORT_NOT_WRITTEN, "The disk is full: the report could not be written."],
  [messages.notAPng(3).message, "A picture of the report is not a PNG (3 bytes)."],
]);

eachIsHere(messages, import.meta.url);
