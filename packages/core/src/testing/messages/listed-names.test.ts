import { eachIsHere, sentences } from "../../messages/sentences.test.data.ts";
import * as messages from "./listed-names.ts";

sentences([
  [messages.quoted("a"), '"a"'],
  [messages.listed(["a", "b", "c"]), '"a", "b", "c"'],
  [messages.listed(["a", "b", "c", "d", "e"]), '"a", "b", "c" and 2 more'],
  [messages.counted("input", ["a"]), 'input "a"'],
  [messages.counted("input", ["a", "b"]), 'inputs "a", "b"'],
]);

eachIsHere(messages, import.meta.url);
