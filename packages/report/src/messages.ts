// The sentences of this package: what pages say of a run, notices, and errors. messages.test.ts has each
// once.
import { count, counted, duration, epochs, inShell, percent, points, short } from "@tssl/core/internal";
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
function changeText({ untrained, trained, epoch }: KnnChange): string {
  const gain = points(shown(trained) - shown(untrained));
  return `from ${percent(untrained)} (untrained) to ${percent(trained)} after ${epochs(epoch)} (${gain})`;
}

/** A fraction to the tenth of a percent. */
export const shown = (fraction: number): number => Math.round(fraction * 1000) / 1000;

export const learned = (change: KnnChange): string =>
  `The encoder learned: kNN accuracy rose ${changeText(change)}.`;

export const gotWorse = (change: KnnChange): string =>
  `The encoder got worse: kNN accuracy fell ${changeText(change)}.`;

export const didNotLearn = (change: KnnChange): string =>
  `The encoder did not learn: kNN accuracy went ${changeText(change)}.`;

/** @param luck the largest difference that chance explains, a fraction. */
export const gainTooSmall = (change: KnnChange, luck: number, testImages: number | undefined): string =>
  `The gain is too small to be sure: kNN accuracy went ${changeText(change)}.` +
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
