import { eachIsHere, sentences } from "./sentences.test.data.ts";
import * as messages from "./sureness.ts";

const sure = { seeds: 3, p: 0.0987, coverage: 0.76, rivals: 1 };
const holds = "With 3 seeds such an interval holds the true difference in about 76 % of cases";
const notConfirmed =
  `The interval excludes zero. ${holds}, ` + "and a paired t-test does not confirm it (p = 0.099).";
const withinNoise = `holds zero: the difference may be luck (paired t-test, p = 0.099). ${holds}.`;

sentences([
  [
    messages.howSure("clear", { ...sure, p: 0.0004, rivals: 2 }),
    `The interval excludes zero, and a paired t-test confirms it (p < 0.001, corrected for 2 comparisons). ` +
      `${holds}.`,
  ],
  [messages.howSure("leaning", sure), notConfirmed],
  [
    messages.howSure("leaning", { ...sure, needed: 12 }),
    `${notConfirmed} To tell a difference of this size from luck takes about 12 seeds.`,
  ],
  [
    messages.howSure("within noise", { ...sure, needed: 400 }),
    `The interval ${withinNoise} To tell a difference of this size from luck takes more than 100 seeds.`,
  ],
  [
    messages.howSure("within noise", { ...sure, over: "a (1.2 points, −0.3 to +2.0)" }),
    `The interval of its lead over a (1.2 points, −0.3 to +2.0) ${withinNoise}`,
  ],
]);

eachIsHere(messages, import.meta.url);
