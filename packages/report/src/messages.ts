// The sentences of this package: what pages say of a run, notices, and errors. messages.test.ts has each
// once.
import {
  bytes,
  count,
  counted,
  duration,
  epochs,
  inShell,
  listed,
  percent,
  points,
  short,
  signedPoints,
} from "@tssl/core/internal";
import { TsslError } from "@tssl/core/run";

// What came of a run.

/** kNN accuracies before and after training, as fractions, and after how many epochs. */
export interface KnnChange {
  readonly untrained: number;
  readonly trained: number;
  readonly epoch: number;
}

/**
 * "from 29.6 % (untrained) to 36.1 % after 10 epochs (+6.5 points)", where the gain is that of the numbers
 * shown.
 */
function fromUntrained({ untrained, trained, epoch }: KnnChange): string {
  const gain = points(shown(trained) - shown(untrained));
  return `from ${percent(untrained)} (untrained) to ${percent(trained)} after ${epochs(epoch)} (${gain})`;
}

/** A fraction to the tenth of a percent. */
export const shown = (fraction: number): number => Math.round(fraction * 1000) / 1000;

export const learned = (change: KnnChange): string =>
  `The encoder learned: kNN accuracy rose ${fromUntrained(change)}.`;

export const gotWorse = (change: KnnChange): string =>
  `The encoder got worse: kNN accuracy fell ${fromUntrained(change)}.`;

export const didNotLearn = (change: KnnChange): string =>
  `The encoder did not learn: kNN accuracy went ${fromUntrained(change)}.`;

/** @param luck the largest difference that chance explains, a fraction. */
export const gainTooSmall = (change: KnnChange, luck: number, testImages: number | undefined): string =>
  `The gain is too small to be sure: kNN accuracy went ${fromUntrained(change)}.` +
  (testImages === undefined
    ? ""
    : ` On ${count(testImages)} test images, chance explains differences ` +
      `below ${(100 * luck).toFixed(1)} points.`);

/** @param chance the accuracy of guessing, a fraction. */
export function gainUnknown(accuracy: number, epoch: number, chance: number | undefined): string {
  const guessing = chance === undefined ? "" : ` (guessing: ${percent(chance)})`;
  const reached = `kNN accuracy reached ${percent(accuracy)} after ${epochs(epoch)}${guessing}.`;
  return `${reached} The untrained encoder was not measured, so the gain is unknown.`;
}

export const knnNotANumber = (epoch: number): string =>
  `kNN accuracy was not a number after ${epochs(epoch)}.`;

export function noKnnYet(running: boolean, untrained: number | undefined): string {
  const none = running
    ? "kNN accuracy has not been measured since training began."
    : "The run ended before kNN accuracy was measured again.";
  return untrained === undefined ? none : `${none} The untrained encoder reached ${percent(untrained)}.`;
}

export const nothingMeasured = (why: "no labels" | "no kNN", hasNeighbours: boolean): string =>
  `${why === "no labels" ? "The images have no labels" : "kNN accuracy was not measured"}, ` +
  `so no accuracy says what the encoder learned.${hasNeighbours ? " Judge by the neighbours below." : ""}`;

export const NO_ACCURACY =
  "No labelled images were classified, so how well the encoder tells classes apart is not known.";

/** @param chance the accuracy of guessing, a fraction. */
export const notClearlyBetterThanGuessing = (chance: number): string =>
  `This is not clearly better than guessing (${percent(chance)}).`;

export const fellSinceItsBest = (best: number, epoch: number): string =>
  `kNN accuracy was best after ${epochs(epoch)} (${percent(best)}) and has fallen since.`;

export const lossNotANumber = (step: number): string =>
  `Training broke down: the loss was not a number from step ${count(step)} on.`;

export function lossChange(first: number, last: number): string {
  if (short(first) === short(last)) return `The loss stayed at ${short(first)}.`;
  return `The loss ${last < first ? "fell" : "rose"} from ${short(first)} to ${short(last)}.`;
}

// A run beside the measured runs of its preset.

/** A value and the band of measured runs, with its epoch. */
export interface ExpectedValue {
  readonly quantity: "knn" | "loss";
  readonly epoch: number;
  readonly low: number;
  readonly high: number;
  readonly got: number;
}

/** @param seeds how many runs the band is made of. */
export function expectedPlace(
  preset: string,
  seeds: number,
  place: "within" | "above" | "below",
  { quantity, epoch, low, high, got }: ExpectedValue,
): string {
  const shown = quantity === "knn" ? percent : short;
  const name = quantity === "knn" ? "kNN accuracy" : "The mean loss";
  const where =
    `${name} of ${shown(got)} at epoch ${epoch} is ${place} the expected band of ${preset}, ` +
    `${shown(low)} to ${shown(high)} (${counted(seeds, "run")}).`;
  if (place === "within") return where;
  return (
    `${where} One healthy run of twenty lies outside; another seed tells. If it does too, compare versions ` +
    "and device with those of the receipt, which `tssl table` shows."
  );
}

export const otherImagesThanExpected = (preset: string): string =>
  `Its config is that of ${preset}, but its images are others than those of the expected curve, so it is ` +
  "not held to it.";

export const expectedLater = (
  preset: string,
  { epoch, low, high }: Pick<ExpectedValue, "epoch" | "low" | "high">,
): string =>
  `Its config is that of ${preset}: a mean loss of ${short(low)} to ${short(high)} is expected at ` +
  `epoch ${epoch}.`;

// How far a run is, and why it stopped.

export interface Progress {
  readonly done: number;
  readonly planned: number;
}

const progressText = ({ done, planned }: Progress): string =>
  `${Number(done.toFixed(1))} of ${epochs(planned)}`;

const because = (reason: string | undefined): string =>
  reason === undefined ? "." : `: ${reason.replace(/\.$/, "")}.`;

export const stillRunning = (progress: Progress): string => `Still running: ${progressText(progress)} done.`;

export const stoppedEarly = (progress: Progress, reason: string | undefined): string =>
  `Stopped early, after ${progressText(progress)}${because(reason)}`;

export const failed = (progress: Progress, reason: string | undefined): string =>
  `The run failed after ${progressText(progress)}${because(reason)}`;

/** A reason, as a phrase. */
export const PROCESS_GONE =
  "its process ended without writing an outcome; it was killed, or the machine went down";

export interface Training {
  readonly running: boolean;
  /** Names of the plugins. */
  readonly plugins: readonly string[];
  readonly images: number;
  readonly seconds: number;
  readonly imagesPerSecond: number | undefined;
  readonly device: string;
}

export function trainedWith({
  running,
  plugins,
  images,
  seconds,
  imagesPerSecond,
  device,
}: Training): string {
  const method = plugins.length > 0 ? ` with ${plugins.join(" + ")}` : "";
  const time = `for ${duration(seconds)}${running ? " so far" : ""}`;
  const speed = imagesPerSecond === undefined ? "" : ` at ${count(imagesPerSecond)} images/s`;
  const verb = running ? "Training" : "Trained";
  return `${verb}${method} on ${counted(images, "image")} ${time}${speed} on ${device}.`;
}

// Notes.

/** @param files the names of all of them; the first five are shown. */
export function undecodedImages(files: readonly string[]): string {
  const named = files.slice(0, 5).join(", ") + (files.length > 5 ? ", …" : "");
  const undecoded = `${counted(files.length, "image")} could not be decoded (${named}).`;
  return `${undecoded} Views of other images were used instead, and kNN did without.`;
}

/** @param changes of options and images, as "epochs was 4, is 5". */
export const changedFrom = (step: number, changes: readonly string[]): string =>
  `From step ${step} on, the run was changed: ${changes.join("; ")}.`;

/**
 * @param before the share of neighbours that have their image's class before training, a fraction; `after`:
 * after it.
 */
export const neighboursOfClass = (before: number, after: number): string =>
  `Of the neighbours shown, ${percent(before)} had the image's class before training ` +
  `and ${percent(after)} after.`;

/** What a command is good for, as a phrase beside it. */
export const WHY = {
  evaluateLinear: "train a linear classifier on the encoder's features",
  evaluateKnn: "classify other images",
  watch: "follow it live",
  resume: "go on from the newest checkpoint",
} as const;

// What a comparison comes to.

export const NO_RUN_FINISHED = "No run has finished, so there is nothing to compare yet.";

export const onlyOneFinished = (variant: string): string =>
  `Only ${variant} has finished runs, so there is nothing to compare it with.`;

export const NO_COMPARED_ACCURACY =
  "No accuracy was measured in two variants, so no number here says which one is better.";

export const NO_SHARED_SEED =
  "There is no seed that all variants have finished, so no runs can be compared in pairs.";

/** The variant with the highest accuracy, and the next. */
export interface BestVariant {
  readonly best: string;
  /** Its accuracy: "28.4 %". */
  readonly mean: string;
  /** "kNN accuracy" */
  readonly accuracy: string;
  readonly next: string;
  /** How far it is ahead of the next, a fraction. */
  readonly lead: number;
  /** Of the lead; absent with too few seeds. */
  readonly interval?: { readonly low: number; readonly high: number };
  /** How many seeds are compared. */
  readonly seeds: number;
}

type Certainty = "clear" | "leaning" | "within noise" | "too few seeds";

/** "1.2 points" of a fraction. */
const gap = (fraction: number): string => points(Math.abs(fraction)).slice(1);

/** "+0.3 to +2.0" */
const span = ({ low, high }: { readonly low: number; readonly high: number }): string =>
  `${signedPoints(low)} to ${signedPoints(high)}`;

const intervalText = ({ interval }: Pick<BestVariant, "interval">): string =>
  interval === undefined ? "" : ` (95 % interval ${span(interval)})`;

const tooFew = (seeds: number): string =>
  `With ${counted(seeds, "seed")}, whether that is more than luck cannot be said.`;

export function betterOfTwo(words: BestVariant, certainty: Certainty): string {
  const { best, next, accuracy, lead, seeds } = words;
  const higher = `${accuracy} is ${gap(lead)} higher${intervalText(words)}`;
  if (lead === 0) return `${best} and ${next} have the same ${accuracy}, ${words.mean}.`;
  switch (certainty) {
    case "clear":
      return `${best} is better than ${next}: its ${higher}.`;
    case "leaning":
      return (
        `${best} looks better than ${next}, but ${counted(seeds, "seed")} cannot settle it: its ` +
        `${higher}.`
      );
    case "within noise":
      return `${best} and ${next} do not differ clearly: the ${higher} with ${best}, which is within noise.`;
    case "too few seeds":
      return `${best} is ahead of ${next}: its ${higher}. ${tooFew(seeds)}`;
  }
}

export function bestOfAll(words: BestVariant, certainty: "clear" | "too few seeds"): string {
  const { best, mean, accuracy, next, lead, seeds } = words;
  const ahead = `${gap(lead)} ahead of ${next}${intervalText(words)}`;
  return certainty === "clear"
    ? `${best} is best: its ${accuracy} is ${mean}, ${ahead}.`
    : `${best} has the highest ${accuracy}: ${mean}, ${ahead}. ${tooFew(seeds)}`;
}

/** @param rivals variants that the best one is not surely better than: those of the weakest certainty. */
export function noClearBest(
  { best, mean, accuracy, seeds }: BestVariant,
  certainty: "leaning" | "within noise",
  rivals: readonly string[],
): string {
  return certainty === "leaning"
    ? `${best} looks best, but ${counted(seeds, "seed")} cannot settle it: its ${accuracy} is ${mean}, ` +
        `and ${listedBriefly(rivals)} may be as good.`
    : `No variant is clearly best: ${best} has the highest ${accuracy}, ${mean}, ` +
        `and ${listedBriefly(rivals)} ${rivals.length === 1 ? "is" : "are"} within noise of it.`;
}

/** "a", "a and b", "a, b and c"; of more than four the first three. */
export const listedBriefly = (names: readonly string[]): string =>
  names.length > 4 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} others` : listed(names);

/** What the interval of a lead says, and how much that is worth. */
export function howSure(
  certainty: Exclude<Certainty, "too few seeds">,
  { seeds, p, coverage, rivals, over, needed }: Sureness,
): string {
  const corrected = rivals === 1 ? "" : `, corrected for ${rivals} comparisons`;
  const test = `${pText(p)}${corrected}`;
  const interval = over === undefined ? "The interval" : `The interval of its lead over ${over}`;
  const holds =
    `With ${counted(seeds, "seed")} such an interval holds the true difference ` +
    `in about ${percent(coverage, 0)} of cases`;
  switch (certainty) {
    case "clear":
      return `${interval} excludes zero, and a paired t-test confirms it (${test}). ${holds}.`;
    case "leaning":
      return (
        `${interval} excludes zero. ${holds}, and a paired t-test does not confirm it (${test}).` +
        moreSeeds(needed)
      );
    case "within noise":
      return (
        `${interval} holds zero: the difference may be luck (paired t-test, ${test}). ${holds}.` +
        moreSeeds(needed)
      );
  }
}

/** Advice where a difference is not sure; beyond 100 seeds the number itself says little. */
function moreSeeds(needed: number | undefined): string {
  if (needed === undefined) return "";
  const seeds = needed > 100 ? "more than 100 seeds" : `about ${needed} seeds`;
  return ` To tell a difference of this size from luck takes ${seeds}.`;
}

export interface Sureness {
  readonly seeds: number;
  /** Of the paired t-test. */
  readonly p: number;
  /** The share of cases in which such an interval holds the true difference. */
  readonly coverage: number;
  /** How many variants the best one is held against. */
  readonly rivals: number;
  /** The rival whose interval is meant, with its numbers; absent where the headline has them. */
  readonly over?: string;
  /** How many seeds would tell the difference from luck, if it is as large as it looks; where known. */
  readonly needed?: number;
}

/** The lead over a rival that is not the next: "a (1.2 points, +0.3 to +2.0)". */
export const leadOver = (
  variant: string,
  lead: number,
  interval: { readonly low: number; readonly high: number },
): string => `${variant} (${gap(lead)}, ${span(interval)})`;

/** "p = 0.012", "p < 0.001" */
const pText = (p: number): string => (p < 0.001 ? "p < 0.001" : `p = ${Number(p.toPrecision(2))}`);

/** @param variants those that lack seeds. */
export const notJudged = (variants: readonly string[]): string =>
  `${listedBriefly(variants)} ${variants.length === 1 ? "is" : "are"} left out of this, for lack of seeds.`;

export const overBaseline = (
  best: string,
  baseline: string,
  difference: { readonly mean: number; readonly interval?: { readonly low: number; readonly high: number } },
): string =>
  `${best} minus the baseline, ${baseline}: ${points(difference.mean)}${intervalText(difference)}.`;

export const bestIsSmallest = (option: string, value: number): string =>
  `${value} is the smallest ${option} that was tried: a smaller one may be better.`;

export const bestIsLargest = (option: string, value: number): string =>
  `${value} is the largest ${option} that was tried: a larger one may be better.`;

export function byAnother(words: BestVariant, certainty: Certainty): string {
  const { best, next, accuracy, lead } = words;
  const sure = { clear: "", leaning: ", not surely", "within noise": ", within noise", "too few seeds": "" };
  return `By ${accuracy}, ${best} is ${gap(lead)} ahead of ${next}${intervalText(words)}${sure[certainty]}.`;
}

/** What a variant costs beside the baseline, in means of the runs; nothing below a difference of 10 %. */
export function costs(
  variant: string,
  baseline: string,
  {
    seconds,
    bytes: memory,
  }: Readonly<Record<"seconds" | "bytes", { readonly own: number; readonly reference: number } | undefined>>,
): readonly string[] {
  const changes = [
    ...(seconds === undefined ? [] : [{ ...seconds, what: "time", text: duration }]),
    ...(memory === undefined ? [] : [{ ...memory, what: "memory", text: bytes }]),
  ].filter(({ own, reference }) => Math.abs(own / reference - 1) >= 0.1);
  if (changes.length === 0) return [];
  const parts = changes.map(({ own, reference, what, text }) => {
    const change = `${percent(Math.abs(own / reference - 1), 0)} ${own > reference ? "more" : "less"}`;
    return `${change} ${what} (${text(own)} instead of ${text(reference)})`;
  });
  return [`A run of ${variant} takes ${parts.join(" and ")} than one of ${baseline}.`];
}

/**
 * How to read the plots of a comparison's results.
 *
 * @param coverage the share of cases in which an interval holds the true difference; absent without any.
 */
export function howToReadResults(baseline: string, seeds: number, coverage: number | undefined): string {
  const plots = `A dot is a run, a line the mean. Differences are taken from ${baseline}, seed by seed.`;
  if (seeds === 1) return `${plots} One seed does not show how much runs differ by luck.`;
  return coverage === undefined
    ? `${plots} Two seeds have no interval: the bootstrap of two differences is the two themselves, and ` +
        `holds the true difference in half of all cases.`
    : `${plots} The bar and the brackets are the 95 % interval of the mean difference: paired percentile ` +
        `bootstrap over the seeds, 10,000 resamples. With ${counted(seeds, "seed")} it is too narrow: it ` +
        `holds the true difference in about ${percent(coverage, 0)} of cases.`;
}

/** One run of a comparison, as sentences name it. */
export interface NamedRun {
  readonly variant: string;
  readonly seed: number;
  readonly status: string;
  readonly reason?: string;
}

/** @param missing the runs that have not finished. Those of a variant with one reason are named together. */
export function runsMissing(missing: readonly NamedRun[], planned: number): string {
  const groups = new Map<string, { readonly first: NamedRun; readonly seeds: number[] }>();
  for (const run of missing) {
    const key = JSON.stringify([run.variant, run.status, run.reason]);
    const group = groups.get(key) ?? { first: run, seeds: [] };
    group.seeds.push(run.seed);
    groups.set(key, group);
  }
  const named = [...groups.values()].map(({ first: { variant, status, reason }, seeds }) => {
    const which = `${seeds.length === 1 ? "seed" : "seeds"} ${listedBriefly(seeds.map(String))}`;
    const why = reason === undefined ? "" : `: ${reason.replace(/\.$/, "")}`;
    return `${variant}, ${which}: ${status}${why}`;
  });
  const more = named.length > 5 ? `; and ${named.length - 5} more` : "";
  return (
    `${missing.length} of ${counted(planned, "run")} did not finish ` +
    `(${named.slice(0, 5).join("; ")}${more}). All numbers are of the others, and differences of the seeds ` +
    `that both variants have finished.`
  );
}

export const notEvaluated = ({ variant, seed, reason }: NamedRun): string =>
  `${variant}, seed ${seed} has finished, but a measurement is missing: ` +
  `${(reason ?? "").replace(/\.$/, "")}.`;

/** @param changes of options and images, as "epochs was 4, is 5". */
export const runChanged = ({ variant, seed }: NamedRun, changes: readonly string[]): string =>
  `${variant}, seed ${seed} is not what the comparison planned: when it was resumed, ${changes.join("; ")}.`;

/** @param places what differs, as "cores (2, 8)". */
export const runsElsewhere = (places: readonly string[]): string =>
  `Not all runs had the same machine and versions, so times and memory do not compare: ${places.join(", ")}.`;

// What the server of the live page answers instead of a page.

export const WRONG_HOST = "This page is for this machine alone. Open the address that tssl watch printed.\n";

export const ONLY_READ = "This page can only be read.\n";

export const ADDRESS_INCOMPLETE = "Open the whole address that tssl watch printed.\n";

export const NO_REPORT_YET = "There is no report yet.\n";

export const reportOfAnother = (runFolder: string): string =>
  `report.html was not written by this version of tssl, so its script is not run here. Write it anew: ` +
  `tssl report ${inShell(runFolder)}\n`;

export const NO_SUCH_PAGE = "There is no such page.\n";

// Notices and errors.

export const REPORT_NOT_WRITTEN = "The disk is full: the report could not be written.";

export const portUnusable = (port: number, error: NodeJS.ErrnoException): TsslError =>
  new TsslError(
    "SERVER",
    error.code === "EADDRINUSE"
      ? `Port ${port} is in use. Choose another with --port, or 0 for a free one.`
      : `Port ${port} cannot be used: ${error.message}.`,
    { cause: error },
  );

export const notAPng = (bytes: number): Error =>
  new Error(`A picture of the report is not a PNG (${bytes} bytes).`);
