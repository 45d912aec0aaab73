import { availableParallelism } from "node:os";

import type { CacheUse, LoaderTimings } from "@tssl/augment-zoo";

import {
  coresAreBusy,
  decodingIsSlow,
  decodingWasFirst,
  type DecodeRemedies,
  loaderKeepsUp,
  tooFewWorkers,
} from "../messages/loading.ts";
import type { ClockReading } from "./step-clock.ts";

type DecodeProbe = LoaderTimings["probe"];

/** The work that made a run's images ready for its steps. */
export interface LoaderWork {
  /** Threads that decode and augment. */
  readonly threads: number;
  readonly images: number;
  /** Images that had to be decoded; the others were in memory. */
  readonly decoded: number;
  /**
   * Seconds of all threads together, from an image's request to its pixels: with reading, and with waiting
   * while its thread augments another.
   */
  readonly decodeSeconds: number;
  /** Seconds of all threads together. */
  readonly augmentSeconds: number;
  /** Seconds in which the main thread copied batches into TensorFlow's memory; a step runs meanwhile. */
  readonly handOverSeconds: number;
  /** JPEGs of the run that were decoded once more in both ways; absent from runs of earlier versions. */
  readonly probe?: DecodeProbe;
  /** The loader's cache of decoded images, once it is open. */
  readonly cache?: CacheUse;
}

/** The probes of two parts of a run together. */
export const addProbe = (a: DecodeProbe | undefined, b: DecodeProbe): DecodeProbe => ({
  images: (a?.images ?? 0) + b.images,
  exactMs: (a?.exactMs ?? 0) + b.exactMs,
  fastMs: (a?.fastMs ?? 0) + b.fastMs,
});

/** One part of the way from a file to a step. */
export interface Stage {
  readonly name: "decode" | "augment" | "hand-over" | "compute" | "idle";
  readonly millisecondsPerImage: number;
  /**
   * Share of the time in training steps and waiting for them, 0 .. 1. Of decode and augment it is the share
   * of the loader's work: its threads also work ahead while a step is compiled or the encoder is evaluated.
   */
  readonly share: number;
}

/**
 * Where the time of training goes, and what to do about it. Compiling, evaluation and checkpoints are left
 * out.
 */
export interface Bottleneck {
  readonly stages: readonly Stage[];
  /** Share of the time in which no step ran because its images were not there. */
  readonly idleShare: number;
  readonly threads: number;
  /** Advice, a sentence or two. */
  readonly advice: string;
}

/** The work before the first batch. */
export const NO_WORK: LoaderWork = {
  threads: 0,
  images: 0,
  decoded: 0,
  decodeSeconds: 0,
  augmentSeconds: 0,
  handOverSeconds: 0,
};

/** Idle for less than this, an accelerator would gain little from a faster loader. */
const MUCH_IDLE = 0.05;

/**
 * What a run's times say of its loader.
 *
 * @param reading of the steps' clock.
 * @param batchSize images of a step.
 * @param cores of the machine that trained; of this one where absent.
 * @returns undefined until a step has been timed.
 */
export function bottleneckOf(
  { shares, steps }: ClockReading,
  work: LoaderWork,
  batchSize: number,
  cores: number = availableParallelism(),
): Bottleneck | undefined {
  if (steps === 0) return undefined;
  const seconds = shares.step + shares.dataWait;
  const loaderSeconds = work.decodeSeconds + work.augmentSeconds;
  const stage = (name: Stage["name"], spent: number, images: number, of: number): Stage => ({
    name,
    millisecondsPerImage: (1000 * spent) / Math.max(1, images),
    share: of === 0 ? 0 : spent / of,
  });
  const trained = steps * batchSize;
  const idleShare = shares.dataWait / seconds;
  return {
    stages: [
      stage("decode", work.decodeSeconds, work.images, loaderSeconds),
      stage("augment", work.augmentSeconds, work.images, loaderSeconds),
      stage("hand-over", work.handOverSeconds, trained, seconds),
      stage("compute", shares.step, trained, seconds),
      stage("idle", shares.dataWait, trained, seconds),
    ],
    idleShare,
    threads: work.threads,
    advice: advice(idleShare, work, cores),
  };
}

/** Decoding in less than this share of its time is worth the change of pixels. */
const WORTH_IT = 0.8;

function advice(idleShare: number, work: LoaderWork, cores: number): string {
  const { threads, images, decoded, decodeSeconds, augmentSeconds, probe, cache } = work;
  if (idleShare < MUCH_IDLE) return loaderKeepsUp(idleShare);
  if (decodeSeconds > augmentSeconds && decoded > images / 2) {
    if (cache?.isUsed === true) return decodingWasFirst(idleShare);
    const remedies: DecodeRemedies = {
      ...(cache?.bytesNeeded === undefined ? {} : { cacheMegabytes: Math.ceil(cache.bytesNeeded / 2 ** 20) }),
      ...(probe !== undefined && probe.fastMs < WORTH_IT * probe.exactMs
        ? { fast: { timeShare: probe.fastMs / probe.exactMs, images: probe.images } }
        : {}),
      ...(threads < cores ? { workers: { threads, cores } } : {}),
    };
    return decodingIsSlow(idleShare, remedies);
  }
  return threads < cores ? tooFewWorkers(idleShare, threads, cores) : coresAreBusy(idleShare, threads, cores);
}
