import * as messages from "./listed-briefly.ts";
import { eachIsHere, sentences } from "./sentences.test.data.ts";

sentences([
  [messages.listedBriefly(["a"]), "a"],
  [messages.listedBriefly(["a", "b", "c"]), "a, b and c"],
  [messages.listedBriefly(["a", "b", "c", "d", "e"]), "a, b, c and 2 others"],
]);

eachIsHere(messages, import.meta.url);
