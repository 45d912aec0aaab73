import { freemem } from "node:os";

import type { StepSize } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { stepTooLarge } from "../messages/notices.ts";
import type { StateStore } from "../state/store.ts";

/** Memory that a run will take, in bytes, known before its first step. */
export interface MemoryForecast {
  /** Resident memory of the process at its peak; on a GPU the step's own is the device's. */
  readonly total: number;
  /** Memory of a step's intermediate results and scratch space. */
  readonly step: number;
  /**
   * Values that last from step to step, by the part of the run that they belong to ("moco.online",
   * "moco.queue"), largest first.
   */
  readonly state: readonly { readonly name: string; readonly bytes: number }[];
  /** Memory that the machine can still give. */
  readonly available: number;
}

/**
 * Kernels' scratch space and what TensorFlow's allocator keeps come to as much again as the results
 * themselves: measured peaks of ResNet-20, -18 and -50, with CLSA and without, with recomputation and
 * without, were 0.84 to 1.14 of what this gives.
 */
const SCRATCH = 2;

/** Memory in bytes that a step takes on the CPU beside what lasts. */
export const stepMemory = ({ intermediateBytes }: StepSize): number => SCRATCH * intermediateBytes;

/**
 * @param resident bytes of the process now, with networks made and nothing computed yet.
 * @param available bytes that the machine can still give; by default what Linux says, within the container's
 * limit.
 *
 * @example
 * ```ts
 * import { createStateStore } from "../state/store.ts";
 *
 * const size = { ops: 1307, intermediateBytes: 100 };
 * memoryForecast(createStateStore(), size, 500, 1000).total; // => 700
 * ```
 */
export function memoryForecast(
  store: StateStore,
  size: StepSize,
  resident = process.memoryUsage.rss(),
  available = availableBytes(resident),
): MemoryForecast {
  const parts = new Map<string, number>();
  for (const { name, variable } of store.entries()) {
    const part = name.split(".").slice(0, 2).join(".");
    parts.set(part, (parts.get(part) ?? 0) + variable.size * tf.util.bytesPerElement(variable.dtype));
  }
  const step = stepMemory(size);
  return {
    total: resident + step,
    step,
    state: [...parts].map(([name, bytes]) => ({ name, bytes })).sort((a, b) => b.bytes - a.bytes),
    available,
  };
}

/** A sentence for a run that the machine will hardly hold; undefined for one that fits. */
export function tooLarge({ step, available }: MemoryForecast): string | undefined {
  return step <= available ? undefined : stepTooLarge(step, available);
}

/** Memory that the machine can still give to a process of this resident size. */
export function availableBytes(resident = process.memoryUsage.rss()): number {
  const limit = process.constrainedMemory();
  // Without a limit it is 0, undefined or a number beyond all memory, depending on the version of Node and of
  // Linux.
  return limit > 0 ? Math.min(freemem(), Math.max(0, limit - resident)) : freemem();
}
