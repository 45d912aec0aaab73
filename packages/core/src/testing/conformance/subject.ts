import { readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { createViewLoader, evaluationView, type ViewBatch, type ViewLoader } from "@tssl/augment-zoo";

import { sgd } from "../../optimizers/sgd.ts";
import type { AnyPlugin, View } from "../../plugins/plugin.ts";
import { hostImages, hostInputs } from "../../training/batches.ts";
import { type CompiledRun, compileRun } from "../../training/compile-run.ts";
import { createEpochWork, type EpochWork, type EpochWorkOptions } from "../../training/epoch-work.ts";
import type { HostPart } from "../../training/host-part.ts";
import { imagenetStatistics } from "../../networks/normalize-images.ts";
import type { PreparedRun } from "../../training/prepare-run.ts";
import { imagesInMemory } from "../images-in-memory.ts";
import { smallConvNet } from "../small-conv-net.ts";
import { testRun } from "../test-run.ts";
import type { Scalars } from "./differences.ts";
import { observePlugin, type Observer } from "./observe-plugin.ts";

/** A plugin with options, as a config has it but for the plugin itself in place of its name. */
export interface UsedPlugin {
  readonly use: AnyPlugin;
  readonly [option: string]: unknown;
}

/** What a check prepares a run with. */
export interface RunSize {
  /** Default 4. */
  readonly batchSize?: number;
  /** Default 1. */
  readonly accumulate?: number;
  /** Replicas that share the batch. Default 1. */
  readonly replicas?: number;
}

/** One plugin in one company: what every check is about. */
export interface Subject {
  readonly plugin: AnyPlugin;
  readonly used: UsedPlugin;
  readonly stopGradients: readonly string[];
  readonly withoutGradient: readonly string[];
  readonly batchSizes: readonly number[];
  /** Of the steps that are compared between modes. */
  readonly learningRate: number;
  /** A run of the plugins on a small encoder with batch norm, the same each time. The caller disposes it. */
  prepare(size?: RunSize, observer?: Observer): PreparedRun;
}

export const SEED = 3;
export const IMAGE_SIZE = 16;
const BATCH_SIZE = 4;
export const LEARNING_RATE = 0.05;
/** Images of the data set: an epoch of 8 steps, at the default batch size. */
const IMAGES = 32;
/** Their classes, for plugins that read labels. */
export const LABELS = Int32Array.from({ length: IMAGES }, (_, i) => i % 3);

/** @param plugins the subject's and its hosts', in the order of a config. */
export function createRun(
  plugins: readonly UsedPlugin[],
  epochs: number,
  { batchSize = BATCH_SIZE, accumulate = 1, replicas = 1 }: RunSize = {},
  observer: Observer = {},
): PreparedRun {
  return testRun({
    plugins: plugins.map((used) => ({ ...used, use: observePlugin(used.use, observer) })),
    encoder: { use: smallConvNet },
    optimizer: { use: sgd, lr: LEARNING_RATE, momentum: 0.9 },
    epochs,
    batchSize,
    accumulate,
    replicas,
    imageSize: IMAGE_SIZE,
    datasetSize: IMAGES,
    seed: SEED,
  });
}

/** A run that takes steps, as the trainer takes them. */
export interface StartedRun {
  readonly run: PreparedRun;
  readonly compiled: CompiledRun;
  /** Does what plugins work on the host between the steps so far and the next, where that is due. */
  workBefore(step: number): Promise<void>;
  /**
   * Takes one step, after the work before it. Steps may be left out.
   *
   * @param parts default: real images.
   * @returns its scalars by name.
   */
  takeStep(step: number, parts?: readonly HostPart[]): Promise<Scalars>;
  /** Frees the run as well. */
  dispose(): Promise<void>;
}

/**
 * Compiles a run's steps over its state.
 *
 * @param workDoneAt the number of steps after which the work on the host was done already.
 */
export function startRun(run: PreparedRun, mode: "eager" | "graph", workDoneAt?: number): StartedRun {
  const compiled = compileRun(run, { mode, statistics: imagenetStatistics });
  const work = epochWorkOf(run, compiled, workDoneAt === undefined ? {} : { doneAt: workDoneAt });
  const workBefore = async (step: number) => {
    if (work.isDue(step)) await work.do(step);
  };
  return {
    run,
    compiled,
    workBefore,
    async takeStep(step, parts) {
      await workBefore(step);
      const given = parts ?? (await hostParts(run, step));
      return compiled.load(given, LEARNING_RATE, run.phaseAt(step)).run();
    },
    async dispose() {
      await compiled.dispose();
      run.dispose();
    },
  };
}

/** The work of a run's plugins on the host, over the data set's images. */
export const epochWorkOf = (
  run: PreparedRun,
  compiled: EpochWorkOptions["compiled"],
  options: Pick<EpochWorkOptions, "doneAt"> & Partial<Pick<EpochWorkOptions, "signal">> = {},
): EpochWork =>
  createEpochWork({
    run,
    compiled,
    images: imagesInMemory(unaugmentedImages, {
      count: IMAGES,
      size: IMAGE_SIZE,
      shape: [IMAGE_SIZE, IMAGE_SIZE, 3],
    }),
    seed: SEED,
    signal: new AbortController().signal,
    onProgress: () => {},
    ...options,
  });

/** A loader of real images, over and over the few there are. The caller closes it. */
export async function openLoader(
  views: Readonly<Record<string, View>>,
  { batchSize, workers }: { readonly batchSize: number; readonly workers: number },
): Promise<ViewLoader> {
  const folder = fileURLToPath(new URL("../../../fixtures/images/", import.meta.url));
  const names = (await readdir(folder)).filter((name) => name.endsWith(".jpg")).sort();
  return createViewLoader({
    files: Array.from({ length: IMAGES }, (_, i) => path.join(folder, names[i % names.length]!)),
    views: Object.fromEntries(Object.entries(views).map(([name, { recipe }]) => [name, recipe])),
    seed: SEED,
    batchSize,
    workers,
  });
}

/** What the loader made of every image, copied, by the views' recipes. */
const made = new Map<string, Promise<ViewBatch["views"]>>();

/** The views of every image. */
async function viewsOf(views: Readonly<Record<string, View>>): Promise<ViewBatch["views"]> {
  const key = JSON.stringify(views);
  if (!made.has(key)) made.set(key, makeViews(views));
  return made.get(key)!;
}

/** Every image as evaluation sees it, `[32, 16, 16, 3]` bytes. */
export const unaugmentedImages = async (): Promise<Uint8Array> =>
  (await viewsOf({ image: { recipe: evaluationView({ size: IMAGE_SIZE }) } }))["image"]!.values as Uint8Array;

async function makeViews(views: Readonly<Record<string, View>>): Promise<ViewBatch["views"]> {
  const loader = await openLoader(views, { batchSize: IMAGES, workers: 1 });
  try {
    const indices = Array.from({ length: IMAGES }, (_, i) => i);
    const batch = await loader.load({ epoch: 0, indices });
    return Object.fromEntries(
      Object.entries(batch.views).map(([name, { values, shape }]) => [
        name,
        { values: values.slice(), shape },
      ]),
    );
  } finally {
    await loader.close();
  }
}

/** What the trainer would hand to a run's step: views of real images and the values of inputs. */
export async function hostParts(run: PreparedRun, step: number): Promise<readonly HostPart[]> {
  const { facts, inputs, readsLabels } = run;
  const images = await viewsOf(run.views);
  const count = facts.microBatchSize;
  return Array.from({ length: facts.batchSize / count }, (_, part) => {
    const first = step * facts.batchSize + part * count;
    const indices = Int32Array.from({ length: count }, (_, i) => (first + i) % IMAGES);
    return {
      views: Object.fromEntries(
        Object.entries(images).map(([name, { values: bytes, shape }]) => {
          const size = bytes.length / IMAGES;
          const values = new Uint8Array(count * size);
          indices.forEach((index, i) =>
            values.set(bytes.subarray(index * size, (index + 1) * size), i * size),
          );
          return [name, { values, shape: [count, ...shape.slice(1)] }];
        }),
      ),
      ...hostImages(indices, readsLabels ? LABELS : undefined),
      inputs: hostInputs({ inputs, facts, seed: SEED }, step, part),
    };
  });
}
