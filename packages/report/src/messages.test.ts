import { expect, test } from "vitest";

import * as say from "./messages.ts";

const change = { untrained: 0.296, trained: 0.361, epoch: 10 };

test("what came of a run", () => {
  expect(say.learned(change)).toBe(
    "The encoder learned: kNN accuracy rose from 29.6 % (untrained) to 36.1 % after 10 epochs (+6.5 points).",
  );
  expect(say.gotWorse({ ...change, trained: 0.104 })).toBe(
    "The encoder got worse: kNN accuracy fell from 29.6 % (untrained) to 10.4 % after 10 epochs (−19.2 " +
      "points).",
  );
  expect(say.didNotLearn({ ...change, trained: 0.292, epoch: 1 })).toBe(
    "The encoder did not learn: kNN accuracy went from 29.6 % (untrained) to 29.2 % after 1 epoch (−0.4 " +
      "points).",
  );
  const small = "The gain is too small to be sure: kNN accuracy went from 29.6 % (untrained) to 31.1 %";
  expect(say.gainTooSmall({ ...change, trained: 0.311 }, 0.0404, 1000)).toBe(
    `${small} after 10 epochs (+1.5 points). On 1,000 test images, chance explains differences below 4.0 ` +
      `points.`,
  );
  expect(say.gainTooSmall({ ...change, trained: 0.311 }, 0.0404, undefined)).toBe(
    `${small} after 10 epochs (+1.5 points).`,
  );
  expect(say.gainUnknown(0.361, 10, 0.1)).toBe(
    "kNN accuracy reached 36.1 % after 10 epochs (guessing: 10.0 %). " +
      "The untrained encoder was not measured, so the gain is unknown.",
  );
  expect(say.knnNotANumber(2)).toBe("kNN accuracy was not a number after 2 epochs.");
  expect(say.NO_ACCURACY).toBe(
    "No labelled images were classified, so how well the encoder tells classes apart is not known.",
  );
  expect(say.noKnnYet(true, 0.296)).toBe(
    "kNN accuracy has not been measured since training began. The untrained encoder reached 29.6 %.",
  );
  expect(say.noKnnYet(false, undefined)).toBe("The run ended before kNN accuracy was measured again.");
  expect(say.nothingMeasured("no labels", false)).toBe(
    "The images have no labels, so no accuracy says what the encoder learned.",
  );
  expect(say.nothingMeasured("no kNN", true)).toBe(
    "kNN accuracy was not measured, so no accuracy says what the encoder learned. Judge by the neighbours " +
      "below.",
  );
  expect(say.notClearlyBetterThanGuessing(0.1)).toBe("This is not clearly better than guessing (10.0 %).");
  expect(say.fellSinceItsBest(0.42, 1)).toBe(
    "kNN accuracy was best after 1 epoch (42.0 %) and has fallen since.",
  );
  expect(say.lossNotANumber(1060)).toBe("Training broke down: the loss was not a number from step 1,060 on.");
  expect(say.lossChange(6.96, 5.04)).toBe("The loss fell from 6.96 to 5.04.");
  expect(say.lossChange(5, 5.00001)).toBe("The loss stayed at 5.");
});

test("the gain in a sentence is that of the numbers in it", () => {
  expect(say.learned({ untrained: 0.29649, trained: 0.36151, epoch: 1 })).toContain(
    "from 29.6 % (untrained) to 36.2 % after 1 epoch (+6.6 points)",
  );
});

test("how far a run is, and why it stopped", () => {
  expect(say.stillRunning({ done: 1.52, planned: 10 })).toBe("Still running: 1.5 of 10 epochs done.");
  expect(say.stoppedEarly({ done: 4, planned: 10 }, undefined)).toBe("Stopped early, after 4 of 10 epochs.");
  expect(say.stoppedEarly({ done: 0, planned: 1 }, say.PROCESS_GONE)).toBe(
    "Stopped early, after 0 of 1 epoch: its process ended without writing an outcome; " +
      "it was killed, or the machine went down.",
  );
  expect(say.failed({ done: 4, planned: 10 }, "out of memory.")).toBe(
    "The run failed after 4 of 10 epochs: out of memory.",
  );
  const training = { plugins: ["moco", "clsa"], images: 5000, seconds: 252, device: "CPU" };
  expect(say.trainedWith({ ...training, running: false, imagesPerSecond: 151.2 })).toBe(
    "Trained with moco + clsa on 5,000 images for 4 min 12 s at 151 images/s on CPU.",
  );
  const begun = { ...training, plugins: [], images: 1, running: true, imagesPerSecond: undefined };
  expect(say.trainedWith(begun)).toBe("Training on 1 image for 4 min 12 s so far on CPU.");
});

test("notes", () => {
  expect(say.undecodedImages(["a.jpg"])).toBe(
    "1 image could not be decoded (a.jpg). Views of other images were used instead, and kNN did without.",
  );
  expect(say.undecodedImages(["a", "b", "c", "d", "e", "f"])).toBe(
    "6 images could not be decoded (a, b, c, d, e, …). Views of other images were used instead, and kNN " +
      "did without.",
  );
  expect(say.changedFrom(12, ["epochs was 4, is 5", "seed was 0, is 1"])).toBe(
    "From step 12 on, the run was changed: epochs was 4, is 5; seed was 0, is 1.",
  );
  expect(say.neighboursOfClass(0, 1)).toBe(
    "Of the neighbours shown, 0.0 % had the image's class before training and 100.0 % after.",
  );
});

test("answers of the live page's server", () => {
  expect([
    say.WRONG_HOST,
    say.ONLY_READ,
    say.ADDRESS_INCOMPLETE,
    say.NO_REPORT_YET,
    say.NO_SUCH_PAGE,
  ]).toEqual([
    "This page is for this machine alone. Open the address that tssl watch printed.\n",
    "This page can only be read.\n",
    "Open the whole address that tssl watch printed.\n",
    "There is no report yet.\n",
    "There is no such page.\n",
  ]);
  expect(say.reportOfAnother("my runs/a")).toBe(
    "report.html was not written by this version of tssl, so its script is not run here. " +
      "Write it anew: tssl report 'my runs/a'\n",
  );
});

test("errors", () => {
  const taken = say.portUnusable(80, Object.assign(new Error("in use"), { code: "EADDRINUSE" }));
  expect(taken.message).toBe("Port 80 is in use. Choose another with --port, or 0 for a free one.");
  const denied = say.portUnusable(80, Object.assign(new Error("permission denied"), { code: "EACCES" }));
  expect(denied).toMatchObject({ code: "SERVER", message: "Port 80 cannot be used: permission denied." });
  expect(say.notAPng(3).message).toBe("A picture of the report is not a PNG (3 bytes).");
});

test("what a comparison comes to", () => {
  const words: say.BestVariant = {
    ...{ best: "clsa", next: "moco", accuracy: "kNN accuracy", mean: "35.0 %", lead: 0.012, seeds: 3 },
    interval: { low: -0.003, high: 0.02 },
  };
  const higher = "its kNN accuracy is 1.2 points higher (95 % interval −0.3 to +2.0).";
  expect(say.betterOfTwo(words, "clear")).toBe(`clsa is better than moco: ${higher}`);
  expect(say.betterOfTwo(words, "leaning")).toBe(
    `clsa looks better than moco, but 3 seeds cannot settle it: ${higher}`,
  );
  expect(say.noClearBest(words, "within noise", ["a", "b"])).toBe(
    "No variant is clearly best: clsa has the highest kNN accuracy, 35.0 %, and a and b are within noise " +
      "of it.",
  );
  expect(say.noClearBest(words, "leaning", ["a"])).toBe(
    "clsa looks best, but 3 seeds cannot settle it: its kNN accuracy is 35.0 %, and a may be as good.",
  );
  const { interval: _, ...two } = { ...words, seeds: 2 };
  expect(say.bestOfAll(two, "too few seeds")).toBe(
    "clsa has the highest kNN accuracy: 35.0 %, 1.2 points ahead of moco. " +
      "With 2 seeds, whether that is more than luck cannot be said.",
  );
  expect([["a"], ["a", "b", "c"], ["a", "b", "c", "d", "e"]].map(say.listedBriefly)).toEqual([
    "a",
    "a, b and c",
    "a, b, c and 2 others",
  ]);
  const sure = { seeds: 3, p: 0.0987, coverage: 0.76, rivals: 1 };
  expect(say.howSure("leaning", sure)).toBe(
    "The interval excludes zero. With 3 seeds such an interval holds the true difference in about 76 % of " +
      "cases, and a paired t-test does not confirm it (p = 0.099).",
  );
  const takes = " To tell a difference of this size from luck takes";
  expect(say.howSure("leaning", { ...sure, needed: 12 })).toMatch(
    new RegExp(`\\.${takes} about 12 seeds\\.$`),
  );
  expect(say.howSure("within noise", { ...sure, needed: 400 })).toContain(`${takes} more than 100 seeds.`);
  expect(say.howSure("within noise", { ...sure, over: say.leadOver("a", 0.012, words.interval!) })).toBe(
    "The interval of its lead over a (1.2 points, −0.3 to +2.0) holds zero: the difference may be luck " +
      "(paired t-test, p = 0.099). With 3 seeds such an interval holds the true difference in about 76 % " +
      "of cases.",
  );
  expect(say.bestIsSmallest("optimizer.lr", 0.03)).toBe(
    "0.03 is the smallest optimizer.lr that was tried: a smaller one may be better.",
  );
  expect(say.notJudged(["a", "b"])).toBe("a and b are left out of this, for lack of seeds.");
  expect(say.byAnother(words, "within noise")).toBe(
    "By kNN accuracy, clsa is 1.2 points ahead of moco (95 % interval −0.3 to +2.0), within noise.",
  );
});

test("runs of a comparison that did not finish", () => {
  const run = (variant: string, seed: number, reason?: string) => ({
    variant,
    seed,
    status: reason === undefined ? "not run" : "failed",
    ...(reason === undefined ? {} : { reason }),
  });
  const missing = [run("a", 0, "full disk."), run("a", 2, "full disk."), run("a", 3), run("b", 3)];
  expect(say.runsMissing(missing, 8)).toBe(
    "4 of 8 runs did not finish (a, seeds 0 and 2: failed: full disk; a, seed 3: not run; b, seed 3: not " +
      "run). All numbers are of the others, and differences of the seeds that both variants have finished.",
  );
});

test("how to read a comparison's results", () => {
  expect(say.howToReadResults("moco", 5, 0.84)).toMatch(
    /With 5 seeds it is too narrow: it holds the true difference in about 84 % of cases\.$/,
  );
  expect(say.howToReadResults("moco", 2, undefined)).toMatch(
    /^A dot is a run, .*Two seeds have no interval: /,
  );
  expect(say.howToReadResults("moco", 1, undefined)).toMatch(
    /One seed does not show how much runs differ by luck\.$/,
  );
});

test("a run beside the measured runs of its preset", () => {
  const knn = { quantity: "knn", epoch: 15, low: 0.259, high: 0.334, got: 0.299 } as const;
  expect(say.expectedPlace("instdisc/small", 5, "within", knn)).toBe(
    "kNN accuracy of 29.9 % at epoch 15 is within the expected band of instdisc/small, 25.9 % to 33.4 % (5 " +
      "runs).",
  );
  const loss = { quantity: "loss", epoch: 1, low: 8.5, high: 9.5, got: 9.75 } as const;
  expect(say.expectedPlace("instdisc/small", 5, "above", loss)).toBe(
    "The mean loss of 9.75 at epoch 1 is above the expected band of instdisc/small, 8.5 to 9.5 (5 runs). " +
      "One healthy run of twenty lies outside; another seed tells. If it does too, compare versions and " +
      "device with those of the receipt, which `tssl table` shows.",
  );
});
