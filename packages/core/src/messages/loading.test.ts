import * as messages from "./loading.ts";
import { eachIsHere, sentences } from "./sentences.test.data.ts";

sentences([
  [messages.loaderKeepsUp(0.049), "The loader keeps up: steps waited for images 4.9 % of the time."],
  [
    messages.decodingIsSlow(0.5, {}),
    "The loader is the bottleneck: steps waited for images 50.0 % of the time, and reading and decoding " +
      "take most of the loader's time. Use smaller files.",
  ],
  [
    messages.decodingIsSlow(0.5, {
      fast: { timeShare: 0.31, images: 37 },
      cacheMegabytes: 4600,
      workers: { threads: 2, cores: 8 },
    }),
    "The loader is the bottleneck: steps waited for images 50.0 % of the time, and reading and decoding " +
      "take most of the loader's time. Set data.decode: fast, with which decoding takes 31.0 % of its time " +
      "(measured on 37 images of the run); raise data.cacheMegabytes to 4600, about what all decoded " +
      "images take; raise data.workers, which is 2 on 8 cores; or use smaller files.",
  ],
  [
    messages.decodingWasFirst(0.5),
    "The loader is the bottleneck: steps waited for images 50.0 % of the time, while each image was " +
      "decoded for the first time. Decoded images are kept, so later epochs are faster.",
  ],
  [
    messages.narrowLevels({ file: "a.png", low: 0, high: 3838 }),
    "a.png has 16 bits, of whose levels 0 to 65535 it uses 0 to 3838: its views have 15 levels of 256. " +
      "Set data.range, such as [0, 4095], to spread them.",
  ],
  [
    messages.tooFewWorkers(0.5, 2, 8),
    "The loader is the bottleneck: steps waited for images 50.0 % of the time. " +
      "Raise data.workers, which is 2 on 8 cores.",
  ],
  [
    messages.coresAreBusy(0.5, 8, 8),
    "The loader is the bottleneck: steps waited for images 50.0 % of the time, and its 8 threads use all 8 " +
      "cores. Use fewer or smaller views, or more cores.",
  ],
]);

eachIsHere(messages, import.meta.url);
