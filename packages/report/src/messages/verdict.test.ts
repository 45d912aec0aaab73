import { eachIsHere, sentences } from "./sentences.test.data.ts";
import * as messages from "./verdict.ts";

const interval = { low: -0.003, high: 0.02 };
const twoSeeds: messages.BestVariant = {
  best: "clsa",
  next: "moco",
  accuracy: "kNN accuracy",
  mean: "35.0 %",
  lead: 0.012,
  seeds: 2,
};
const words = { ...twoSeeds, seeds: 3, interval };
const higher = "its kNN accuracy is 1.2 points higher (95 % interval −0.3 to +2.0)";

sentences([
  [messages.NO_RUN_FINISHED, "No run has finished, so there is nothing to compare yet."],
  [messages.onlyOneFinished("moco"), "Only moco has finished runs, so there is nothing to compare it with."],
  [
    messages.NO_COMPARED_ACCURACY,
    "No accuracy was measured in two variants, so no number here says which one is better.",
  ],
  [
    messages.NO_SHARED_SEED,
    "There is no seed that all variants have finished, so no runs can be compared in pairs.",
  ],
  [messages.betterOfTwo(words, "clear"), `clsa is better than moco: ${higher}.`],
  [
    messages.betterOfTwo(words, "leaning"),
    `clsa looks better than moco, but 3 seeds cannot settle it: ${higher}.`,
  ],
  [
    messages.betterOfTwo(words, "within noise"),
    "clsa and moco do not differ clearly: the kNN accuracy is 1.2 points higher (95 % interval −0.3 to " +
      "+2.0) with clsa, which is within noise.",
  ],
  [
    messages.betterOfTwo(twoSeeds, "too few seeds"),
    "clsa is ahead of moco: its kNN accuracy is 1.2 points higher. With 2 seeds, whether that is more than " +
      "luck cannot be said.",
  ],
  [
    messages.betterOfTwo({ ...words, lead: 0 }, "within noise"),
    "clsa and moco have the same kNN accuracy, 35.0 %.",
  ],
  [
    messages.bestOfAll(words, "clear"),
    "clsa is best: its kNN accuracy is 35.0 %, 1.2 points ahead of moco (95 % interval −0.3 to +2.0).",
  ],
  [
    messages.bestOfAll(twoSeeds, "too few seeds"),
    "clsa has the highest kNN accuracy: 35.0 %, 1.2 points ahead of moco. " +
      "With 2 seeds, whether that is more than luck cannot be said.",
  ],
  [
    messages.noClearBest(words, "within noise", ["a", "b"]),
    "No variant is clearly best: clsa has the highest kNN accuracy, 35.0 %, and a and b are within noise " +
      "of it.",
  ],
  [
    messages.noClearBest(words, "leaning", ["a"]),
    "clsa looks best, but 3 seeds cannot settle it: its kNN accuracy is 35.0 %, and a may be as good.",
  ],
  [messages.leadOver("a", 0.012, { low: -0.003, high: 0.02 }), "a (1.2 points, −0.3 to +2.0)"],
  [messages.notJudged(["a", "b"]), "a and b are left out of this, for lack of seeds."],
  [
    messages.overBaseline("clsa", "moco", { mean: 0.012, interval }),
    "clsa minus the baseline, moco: +1.2 points (95 % interval −0.3 to +2.0).",
  ],
  [messages.overBaseline("clsa", "moco", { mean: -0.012 }), "clsa minus the baseline, moco: −1.2 points."],
  [
    messages.bestIsSmallest("optimizer.lr", 0.03),
    "0.03 is the smallest optimizer.lr that was tried: a smaller one may be better.",
  ],
  [
    messages.bestIsLargest("optimizer.lr", 3),
    "3 is the largest optimizer.lr that was tried: a larger one may be better.",
  ],
  [
    messages.byAnother(words, "within noise"),
    "By kNN accuracy, clsa is 1.2 points ahead of moco (95 % interval −0.3 to +2.0), within noise.",
  ],
]);

eachIsHere(messages, import.meta.url);
