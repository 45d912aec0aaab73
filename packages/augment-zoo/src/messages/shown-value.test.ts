import { eachIsHere, sentences } from "./sentences.test.data.ts";
import * as messages from "./shown-value.ts";

sentences([
  [messages.shown(undefined), "nothing"],
  [messages.shown([64, 32]), "[64,32]"],
  [messages.shown("x"), '"x"'],
]);

eachIsHere(messages, import.meta.url);
