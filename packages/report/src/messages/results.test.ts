import * as messages from "./results.ts";
import { eachIsHere, sentences } from "./sentences.test.data.ts";

const plots = "A dot is a run, a line the mean. Differences are taken from moco, seed by seed.";

sentences([
  [
    messages.howToReadResults("moco", 5, 0.84),
    `${plots} The bar and the brackets are the 95 % interval of the mean difference: paired percentile ` +
      "bootstrap over the seeds, 10,000 resamples. With 5 seeds it is too narrow: it holds the true " +
      "difference in about 84 % of cases.",
  ],
  [
    messages.howToReadResults("moco", 2, undefined),
    `${plots} Two seeds have no interval: the bootstrap of two differences is the two themselves, and ` +
      "holds the true difference in half of all cases.",
  ],
  [
    messages.howToReadResults("moco", 1, undefined),
    `${plots} One seed does not show how much runs differ by luck.`,
  ],
  [
    messages.costs("clsa", "moco", {
      seconds: { own: 300, reference: 200 },
      bytes: { own: 2 ** 30, reference: 2 ** 31 },
    }),
    [
      "A run of clsa takes 50 % more time (5 min instead of 3 min 20 s) and 50 % less memory (1.00 GiB " +
        "instead of 2.00 GiB) than one of moco.",
    ],
  ],
  [messages.costs("clsa", "moco", { seconds: { own: 109, reference: 100 }, bytes: undefined }), []],
]);

eachIsHere(messages, import.meta.url);
