import * as messages from "./amounts.ts";
import { eachIsHere, sentences } from "./sentences.test.data.ts";

sentences([
  [
    [messages.megabytes(273.1e6), messages.gigabytes(84_942_979_072)],
    ["274 MB", "84.9 GB"],
  ],
  [
    [messages.counted(1, "device"), messages.counted(2, "device")],
    ["1 device", "2 devices"],
  ],
]);

eachIsHere(messages, import.meta.url);
