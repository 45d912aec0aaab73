// What came of fine-tuning, and how it goes on.

import { counted, luckyDifference, percent, points } from "@tssl/core/internal";

interface MeasuredShare {
  readonly fraction: number;
  readonly top1: number;
  readonly images: number;
}

/** Whether pre-training pays with a share of the labels. @param scratch the same network from scratch. */
export function preTrainingPays({ fraction, top1, images }: MeasuredShare, scratch: MeasuredShare): string {
  const [gain, luck] = [top1 - scratch.top1, luckyDifference(top1, scratch.top1, images)];
  const share = `With ${percent(fraction)} of the labels`;
  if (Math.abs(gain) <= luck) {
    return (
      `${share} pre-training makes no clear difference: ${points(gain)}, and luck explains ` +
      `${points(luck).slice(1)}.`
    );
  }
  return gain > 0
    ? `${share} pre-training pays: ${points(gain)} over the same network from scratch.`
    : `${share} training from scratch is better, by ${points(-gain).slice(1)}.`;
}

/** @param what "with 10.0 % of the labels" */
export const fineTuningGoesOn = (
  what: string,
  { epoch, batch }: { readonly epoch: number; readonly batch: number },
  epochs: number,
): string =>
  `An earlier call has trained ${what} for ${epoch} of ${counted(epochs, "epoch")}` +
  `${batch === 0 ? "" : ` and ${counted(batch, "step")}`}; this one goes on.`;

export const fineTuningEnded = (what: string): string =>
  `An earlier call has trained ${what} to the end; its result is taken.`;

/** @param why a sentence. */
export const fineTuningBegunAnew = (what: string, why: string): string =>
  `Training ${what} begins anew: what an earlier call has kept of it cannot be used. ${why}`;

export const fineTuningNotKept = (reason: string): string =>
  `The state of the training cannot be kept (${reason}). Where this call is stopped, the next one begins ` +
  "anew.";

/** @param isKept whether the state could be kept. */
export const fineTuningStopped = (isKept: boolean): string =>
  isKept ? "Stopped. The same command goes on from here." : "Stopped.";
