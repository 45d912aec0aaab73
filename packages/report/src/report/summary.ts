import { count, duration, epochs, percent, points, short } from "@tssl/core/internal";

import type { KnnResults, MetricRow, ReportData } from "./report-data.ts";

/** What came of a run. `unknown` where nothing measures it. */
export type Verdict = "learned" | "unclear" | "not learned" | "unknown";

export interface Summary {
  readonly verdict: Verdict;
  /** The outcome in one sentence. */
  readonly headline: string;
  /** Further sentences, most important first. */
  readonly details: readonly string[];
}

/** A gain below this counts as none where the number of test images is unknown. */
const SMALLEST_GAIN = 0.005;

/** Says in words what came of a run, and does not call it success unless the numbers do. */
export function summarize(data: ReportData): Summary {
  const broken = breakdown(data.metrics);
  const outcome =
    broken === undefined
      ? measuredOutcome(data)
      : { verdict: "not learned" as const, headline: broken, details: [] };
  const details = [...outcome.details, statusSentence(data), trainedSentence(data), ...(data.notes ?? [])];
  return { ...outcome, details: details.filter((sentence) => sentence !== undefined) };
}

function measuredOutcome(data: ReportData): Summary {
  return data.knn === undefined ? unmeasured(data) : knnOutcome(data.knn, data.status);
}

function unmeasured(data: ReportData): Summary {
  const why = data.data.classes === undefined ? "The images have no labels" : "kNN accuracy was not measured";
  const look = data.neighbours?.length ? " Judge by the neighbours below." : "";
  const loss = lossSentence(data.metrics);
  return {
    verdict: "unknown",
    headline: `${why}, so no number here tells what the encoder learned.${look}`,
    details: loss === undefined ? [] : [loss],
  };
}

function knnOutcome(knn: KnnResults, status: ReportData["status"]): Summary {
  const last = knn.points.at(-1);
  if (last === undefined) {
    const before =
      knn.untrained === undefined ? "" : ` The untrained encoder reached ${percent(knn.untrained)}.`;
    const when = status === "running" ? "yet" : "after training";
    return { verdict: "unknown", headline: `There is no kNN accuracy ${when}.${before}`, details: [] };
  }
  const after = `${percent(last.accuracy)} after ${epochs(last.epoch)}`;
  if (!Number.isFinite(last.accuracy)) {
    return {
      verdict: "not learned",
      headline: `kNN accuracy was not a number after ${epochs(last.epoch)}.`,
      details: [],
    };
  }
  if (knn.untrained === undefined) {
    const chance = knn.chance === undefined ? "" : ` (guessing: ${percent(knn.chance)})`;
    return {
      verdict: "unknown",
      headline: `kNN reached ${after}${chance}. The untrained encoder was not measured, so the gain is unknown.`,
      details: lossOfPeak(knn, last.accuracy),
    };
  }
  return {
    ...compareWithUntrained(knn, knn.untrained, last.accuracy, after),
    details: warnings(knn, last.accuracy),
  };
}

function compareWithUntrained(
  knn: KnnResults,
  untrained: number,
  trained: number,
  after: string,
): Pick<Summary, "verdict" | "headline"> {
  const gain = rounded(trained) - rounded(untrained);
  const luck = luckyDifference(untrained, trained, knn.testImages);
  const change = `from ${percent(untrained)} (untrained) to ${after} (${points(gain)})`;
  if (gain > luck) return { verdict: "learned", headline: `The encoder learned: kNN rose ${change}.` };
  if (gain < -luck) return { verdict: "not learned", headline: `The encoder got worse: kNN fell ${change}.` };
  if (gain <= 0)
    return { verdict: "not learned", headline: `The encoder did not learn: kNN went ${change}.` };
  const doubt =
    knn.testImages === undefined
      ? ""
      : ` On ${count(knn.testImages)} test images a difference below ${(luck * 100).toFixed(1)} points can be luck.`;
  return { verdict: "unclear", headline: `Too small a gain to be sure: kNN went ${change}.${doubt}` };
}

function warnings(knn: KnnResults, trained: number): string[] {
  const { chance } = knn;
  if (chance !== undefined && trained - chance <= luckyDifference(chance, trained, knn.testImages)) {
    return [`That is no better than guessing (${percent(chance)}): the embeddings have probably collapsed.`];
  }
  return lossOfPeak(knn, trained);
}

function lossOfPeak(knn: KnnResults, trained: number): string[] {
  const best = knn.points.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
  if (best.accuracy - trained <= luckyDifference(best.accuracy, trained, knn.testImages)) return [];
  return [`It was best after ${epochs(best.epoch)} (${percent(best.accuracy)}) and has fallen since.`];
}

/**
 * The difference between two accuracies that luck in the choice of test images explains in 19 of 20 cases.
 *
 * Taken as if the two were measured on different images; they share them, so this errs on the side of doubt.
 */
function luckyDifference(a: number, b: number, images: number | undefined): number {
  if (images === undefined) return SMALLEST_GAIN;
  return 1.96 * Math.sqrt((a * (1 - a) + b * (1 - b)) / images);
}

/** To the tenth of a point that is shown, so that the gain agrees with the two numbers beside it. */
const rounded = (fraction: number): number => Math.round(fraction * 1000) / 1000;

/** Says since when the loss is not a number, if it ended so. */
function breakdown(metrics: readonly MetricRow[]): string | undefined {
  const logged = metrics.filter(({ values }) => "loss" in values);
  const good = logged.findLastIndex(({ values }) => Number.isFinite(values["loss"]));
  const first = logged[good + 1];
  return first && `Training broke down: the loss was not a number from step ${count(first.step)} on.`;
}

function lossSentence(metrics: readonly MetricRow[]): string | undefined {
  const losses = metrics
    .map(({ values }) => values["loss"])
    .filter((value) => Number.isFinite(value)) as number[];
  if (losses.length < 2) return undefined;
  const window = Math.ceil(losses.length / 20);
  const [first, last] = [mean(losses.slice(0, window)), mean(losses.slice(-window))];
  if (short(first) === short(last)) return `The loss stayed at ${short(first)}.`;
  return `The loss ${last < first ? "fell" : "rose"} from ${short(first)} to ${short(last)}.`;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function statusSentence({ status, statusReason, epochs: { done, planned } }: ReportData): string | undefined {
  const progress = `${Number(done.toFixed(1))} of ${epochs(planned)}`;
  const reason = statusReason === undefined ? "." : `: ${statusReason.replace(/\.$/, "")}.`;
  switch (status) {
    case "finished":
      return undefined;
    case "running":
      return `Still running: ${progress} done.`;
    case "interrupted":
      return `Stopped early, after ${progress}${reason}`;
    case "failed":
      return `The run failed after ${progress}${reason}`;
  }
}

function trainedSentence(data: ReportData): string {
  const running = data.status === "running";
  const method = data.plugins.length > 0 ? ` with ${data.plugins.join(" + ")}` : "";
  const time = `for ${duration(data.durationSeconds)}${running ? " so far" : ""}`;
  const speed = data.imagesPerSecond === undefined ? "" : ` at ${count(data.imagesPerSecond)} images/s`;
  const images = `${count(data.data.images)} ${data.data.images === 1 ? "image" : "images"}`;
  return `${running ? "Training" : "Trained"}${method} on ${images} ${time}${speed} on ${data.device}.`;
}
