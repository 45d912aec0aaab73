// How far a run is, and why it stopped.

import { count, counted, duration, epochs } from "@tssl/core/internal";

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
