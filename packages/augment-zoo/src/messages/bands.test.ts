import * as messages from "./bands.ts";
import { eachIsHere, errors } from "./sentences.test.data.ts";

errors([
  [
    messages.otherBands("a.tif", 13, 4),
    "a.tif: 13 channels, where data.channels says 4. Set channels to what the images have, or remove it.",
  ],
  [
    messages.bandsNotFinite("a.npy"),
    "a.npy: it has values that are NaN or infinite. Fill them before, or remove it.",
  ],
  [
    messages.bandsOutOfRange("a.npy", -1, 2.5),
    "a.npy: values from -1 to 2.5, and no range that says which of them are 0 and 1. Set range to [low, " +
      "high] of the images.",
  ],
  [
    messages.bandsNeeded("a.npy"),
    "a.npy: an array of NumPy, which is read as float32 alone. Set depth to 32.",
  ],
  [
    messages.npyUnusable("a.npy", "the shape [4]"),
    "a.npy: an array of NumPy with the shape [4]. Save it as [height, width] or [height, width, channels] " +
      "of uint8, uint16, int16 or float32.",
  ],
  [
    messages.tiffUnusable("a.tif", "a palette"),
    "a.tif: a TIFF with a palette, which is not read as float32. Save it with 8 or 16 bits or float32, " +
      "uncompressed, LZW or Deflate.",
  ],
  [messages.notForBands("views.a", "grayscale needs colours."), "views.a: grayscale needs colours."],
  [messages.invalidChannels(17), "channels must be a whole number in 1 .. 16, got 17."],
  [
    messages.bytesNeedColours(4),
    "depth must be 32 where channels is neither 1 nor 3, got 8 with channels 4.",
  ],
]);

eachIsHere(messages, import.meta.url);
