import * as messages from "./channels.ts";
import { eachIsHere, errors, sentences } from "./sentences.test.data.ts";

errors([
  [
    "INVALID_OPTION",
    messages.viewNotForChannels("query", ["grayscale needs colours."], true),
    'The view "query" cannot be made of these images: grayscale needs colours. data.withoutColour: true ' +
      "leaves out what needs colours.",
  ],
  [
    "INVALID_OPTION",
    messages.encoderNeedsColours("mine", 4),
    "encoder.use: mine is made for red, green and blue, and data.channels is 4. Choose a ResNet, or give " +
      "your encoder `anyChannels: true` and make its first layer by the channels that `build` is told.",
  ],
]);

sentences([
  [
    messages.bytesNeedGreyOrColours(4),
    "must be 32 or null with data.channels: 4: bytes are of 1 or 3 channels",
  ],
  [messages.rangeNotRising([7, 7]), "must be [low, high] with low < high, got [7,7]"],
  [
    messages.perChannelLength(1, [0.5, 0.4]),
    "must have 1 number, one for each of data.channels, got [0.5,0.4]; `tssl data stats` measures them",
  ],
]);

eachIsHere(messages, import.meta.url);
