import { luckyDifference, meanOf } from "@tssl/core/internal";

import * as say from "../messages/outcome.ts";
import { failed, stillRunning, stoppedEarly, trainedWith } from "../messages/progress.ts";
import { outcomeWithoutLabels } from "./outcome-without-labels.ts";
import type { MetricsDigest } from "./metrics-digest.ts";
import type { KnnResults, ReportData } from "./report-data.ts";

/** The outcome of a run; `unknown` where nothing measures it. */
export type Verdict = "learned" | "unclear" | "not learned" | "unknown";

export interface Summary {
  readonly verdict: Verdict;
  /** The outcome in one sentence. */
  readonly headline: string;
  /** Further sentences, most important first. */
  readonly details: readonly string[];
}

/** The largest gain that counts as none where the number of test images is unknown; a fraction. */
const SMALLEST_GAIN = 0.005;

/** Sums up a run in words. It calls a run a success only where the numbers do. */
export function summarize(data: ReportData): Summary {
  const broken = lossOf(data.metrics)?.brokenSince;
  const outcome: Summary =
    broken === undefined
      ? measuredOutcome(data)
      : { verdict: "not learned", headline: say.lossNotANumber(broken), details: [] };
  const details = [
    ...outcome.details,
    data.expected?.sentence,
    statusSentence(data),
    trainedSentence(data),
    ...(data.notes ?? []),
  ];
  return { ...outcome, details: details.filter((sentence) => sentence !== undefined) };
}

function measuredOutcome(data: ReportData): Summary {
  const knn = data.knn ?? keptKnn(data);
  return knn === undefined ? unmeasured(data) : knnOutcome(knn, data.status);
}

/** The last kNN accuracy that `tssl evaluate` measured after the last step. */
function keptKnn({ evaluations = [], metrics }: ReportData): KnnResults | undefined {
  const last = evaluations.findLast(({ kind, step }) => kind === "knn" && step === metrics.step);
  if (last?.k === undefined) return undefined;
  const { step, epoch, accuracy, untrained, testImages, k } = last;
  return {
    k,
    ...(untrained === undefined ? {} : { untrained }),
    testImages,
    points: [{ step, epoch, accuracy }],
  };
}

/** Without kNN the gravest finding on the run's health is what can be said. */
function unmeasured(data: ReportData): Summary {
  const why = data.data.classes === undefined ? "no labels" : "no kNN";
  const loss = lossSentence(data.metrics);
  const finding = data.health?.findings[0];
  const nothing = say.nothingMeasured(why, (data.neighbours?.length ?? 0) > 0);
  const outcome = outcomeWithoutLabels(data) ?? {
    verdict: "unknown" as const,
    headline: finding?.sentence ?? nothing,
    details: finding === undefined ? [] : [nothing],
  };
  return { ...outcome, details: [...outcome.details, ...(loss === undefined ? [] : [loss])] };
}

function knnOutcome(knn: KnnResults, status: ReportData["status"]): Summary {
  const { untrained, chance } = knn;
  const last = knn.points.findLast(({ step }) => step > 0);
  if (last === undefined) {
    return { verdict: "unknown", headline: say.noKnnYet(status === "running", untrained), details: [] };
  }
  const { accuracy, epoch } = last;
  if (!Number.isFinite(accuracy)) {
    return { verdict: "not learned", headline: say.knnNotANumber(epoch), details: [] };
  }
  if (untrained === undefined) {
    const headline = say.gainUnknown(accuracy, epoch, chance);
    return { verdict: "unknown", headline, details: lossOfPeak(knn, accuracy) };
  }
  const change = { untrained, trained: accuracy, epoch };
  return { ...compareWithUntrained(change, knn.testImages), details: warnings(knn, accuracy) };
}

function compareWithUntrained(
  change: say.KnnChange,
  testImages: number | undefined,
): Pick<Summary, "verdict" | "headline"> {
  const { untrained, trained } = change;
  const gain = say.shown(trained) - say.shown(untrained); // agrees with the numbers on the page
  const luck = luckBetween(untrained, trained, testImages);
  if (gain > luck) return { verdict: "learned", headline: say.learned(change) };
  if (gain < -luck) return { verdict: "not learned", headline: say.gotWorse(change) };
  if (gain <= 0) return { verdict: "not learned", headline: say.didNotLearn(change) };
  return { verdict: "unclear", headline: say.gainTooSmall(change, luck, testImages) };
}

function warnings(knn: KnnResults, trained: number): string[] {
  const { chance } = knn;
  if (chance !== undefined && trained - chance <= luckBetween(chance, trained, knn.testImages)) {
    return [say.notClearlyBetterThanGuessing(chance)];
  }
  return lossOfPeak(knn, trained);
}

function lossOfPeak(knn: KnnResults, trained: number): string[] {
  const best = knn.points.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
  if (best.accuracy - trained <= luckBetween(best.accuracy, trained, knn.testImages)) return [];
  return [say.fellSinceItsBest(best.accuracy, best.epoch)];
}

const luckBetween = (a: number, b: number, images: number | undefined): number =>
  images === undefined ? SMALLEST_GAIN : luckyDifference(a, b, images);

const lossOf = ({ curves }: MetricsDigest) => curves.find(({ name }) => name === "loss");

function lossSentence(metrics: MetricsDigest): string | undefined {
  const losses = (lossOf(metrics)?.values ?? []).filter(Number.isFinite);
  if (losses.length < 2) return undefined;
  const window = Math.ceil(losses.length / 20);
  return say.lossChange(meanOf(losses.slice(0, window)), meanOf(losses.slice(-window)));
}

function statusSentence({ status, statusReason, epochs }: ReportData): string | undefined {
  switch (status) {
    case "finished":
      return undefined;
    case "running":
      return stillRunning(epochs);
    case "interrupted":
      return stoppedEarly(epochs, statusReason);
    case "failed":
      return failed(epochs, statusReason);
  }
}

const trainedSentence = (data: ReportData): string =>
  trainedWith({
    running: data.status === "running",
    plugins: data.plugins,
    images: data.data.images,
    seconds: data.durationSeconds,
    imagesPerSecond: data.imagesPerSecond,
    device: data.device,
  });
