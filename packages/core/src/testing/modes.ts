import { evaluationView, viewShape } from "@tssl/augment-zoo";
import type { EngineMode } from "@tssl/engine";
import { assertClose, relativeError } from "@tssl/engine/testing";
import * as tf from "@tensorflow/tfjs";

import { messageOf } from "../errors.ts";
import { hostImages, hostInputs } from "../training/batches.ts";
import { compileRun } from "../training/compile-run.ts";
import type { HostPart } from "../training/host-part.ts";
import { imagenetStatistics } from "../networks/normalize-images.ts";
import { createEpochWork } from "../training/epoch-work.ts";
import type { PreparedRun } from "../training/prepare-run.ts";
import { imagesInMemory } from "./images-in-memory.ts";
import { noiseAroundColours } from "./noise-around-colours.ts";
import {
  type BrokenScalar,
  scalarDiffersBetweenModes,
  scalarNotFiniteEagerly,
  stateInMode,
} from "./messages/modes.ts";
import { phaseChanges } from "./phase-steps.ts";

/**
 * Every way in which a step can run; the first is what the others are held to. "pjrt" is one of them in
 * long tests (TSSL_LONG_TESTS) where TSSL_PJRT_PLUGIN names a plugin.
 */
export const modes: readonly EngineMode[] = [
  "eager",
  "graph",
  "xla",
  ...(process.env["TSSL_LONG_TESTS"] && process.env["TSSL_PJRT_PLUGIN"] ? (["pjrt"] as const) : []),
];

const STEPS = 20;
/** Steps that follow on the last change of phase. */
const STEPS_OF_PHASE = 3;
/**
 * A loss near zero is a difference of larger numbers: below this, scalars are held to the tolerance times
 * this.
 */
const SMALLEST_SCALAR = 0.1;

interface ModesOptions {
  /** Of each scalar and each value of the state, relative to its length. */
  readonly tolerance?: number;
  /** Small, so that rounding does not grow into another trajectory within the steps. */
  readonly learningRate?: number | undefined;
  /** Parameters that only rounding moves, such as a bias before batch norm: their values are not compared. */
  readonly withoutGradient?: readonly string[];
}

/** Why modes cannot be said to take the same steps. */
export type ModesDisagreement =
  /** The first scalar of the eager steps that is NaN or infinite. */
  | { readonly notFinite: BrokenScalar; readonly difference?: undefined }
  /** The first thing that differs, in words. */
  | { readonly difference: string; readonly notFinite?: undefined };

/**
 * Takes 20 steps in every mode from the same start, on images made of numbers, and throws where scalars or
 * state differ, or are not finite. Where the run's phase changes later than that, takes as many as lead past
 * the last change.
 *
 * @param makeRun makes the same run each time; it is freed here.
 */
export async function assertModesAgree(
  makeRun: () => PreparedRun,
  options: ModesOptions = {},
): Promise<void> {
  const found = await modesDisagreement(makeRun, options);
  if (found !== undefined) throw new Error(found.difference ?? scalarNotFiniteEagerly(found.notFinite));
}

/** Tells what `assertModesAgree` throws for; undefined where modes agree. */
export async function modesDisagreement(
  makeRun: () => PreparedRun,
  { tolerance = 1e-3, learningRate = 1e-3, withoutGradient = [] }: ModesOptions,
): Promise<ModesDisagreement | undefined> {
  const [eager, ...compiled] = modes;
  const want = await trajectory(makeRun(), eager!, learningRate);
  const notFinite = firstNotFinite(want.scalars);
  if (notFinite !== undefined) return { notFinite };
  for (const mode of compiled) {
    const got = await trajectory(makeRun(), mode, learningRate);
    for (const [step, values] of want.scalars.entries()) {
      for (const [name, wanted] of Object.entries(values)) {
        const found = got.scalars[step]![name]!;
        if (relativeError([found], [wanted], SMALLEST_SCALAR) > tolerance) {
          return { difference: scalarDiffersBetweenModes(mode, { step, name, found, wanted }) };
        }
      }
    }
    for (const [name, values] of Object.entries(want.state)) {
      if (withoutGradient.some((parameter) => isOf(parameter, name))) continue;
      try {
        assertClose(got.state[name]!, values, tolerance, stateInMode(mode, name, want.scalars.length));
      } catch (error) {
        return { difference: messageOf(error) };
      }
    }
  }
  return undefined;
}

/** The first scalar that is not finite; of several in one step a term or metric of a plugin, "moco/infoNce". */
function firstNotFinite(steps: readonly Readonly<Record<string, number>>[]): BrokenScalar | undefined {
  for (const [step, scalars] of steps.entries()) {
    const broken = Object.keys(scalars).filter((name) => !Number.isFinite(scalars[name]));
    const name = broken.find((each) => each.includes("/")) ?? broken[0];
    if (name !== undefined) return { step, name, value: scalars[name]! };
  }
  return undefined;
}

/** Whether a value of the state is a parameter, what the optimizer keeps of it, or its momentum encoder's. */
const isOf = (parameter: string, name: string): boolean =>
  name.includes(parameter) || name.endsWith(parameter.slice(Math.max(0, parameter.indexOf(".encoder."))));

async function trajectory(run: PreparedRun, mode: EngineMode, learningRate: number) {
  const compiled = compileRun(run, { mode, statistics: imagenetStatistics });
  const work = createEpochWork({
    run,
    compiled,
    images: imagesOf(run),
    seed: 0,
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  const scalars: Record<string, number>[] = [];
  const steps = Math.max(STEPS, ...phaseChanges(run).map((step) => step + STEPS_OF_PHASE));
  for (let step = 0; step < steps; step++) {
    if (work.isDue(step)) await work.do(step);
    scalars.push(await compiled.load(hostParts(run, step), learningRate, run.phaseAt(step)).run());
  }
  const state = Object.fromEntries(Array.from(compiled.state, ([name, { values }]) => [name, values]));
  await compiled.dispose();
  run.dispose();
  return { scalars, state };
}

/** What the loader would hand over, but for the images, which are made of numbers. */
function hostParts({ facts, views, inputs, readsLabels }: PreparedRun, step: number): HostPart[] {
  const count = facts.microBatchSize;
  return Array.from({ length: facts.batchSize / count }, (_, part) => ({
    views: Object.fromEntries(
      Object.entries(views).map(([name, { recipe }]) => {
        const shape = viewShape(recipe, facts.pixels.channels);
        const values = colouredBytes(`${name}${step}/${part}`, count, tf.util.sizeFromShape([...shape]));
        return [name, { values, shape: [count, ...shape] }];
      }),
    ),
    ...hostImages(
      Array.from({ length: count }, (_, i) => i),
      readsLabels ? Int32Array.from({ length: count }, (_, i) => i % 3) : undefined,
    ),
    inputs: hostInputs({ inputs, facts, seed: 0 }, step, part),
  }));
}

/** The images that the plugins' work on the host sees. */
function imagesOf({ facts: { datasetSize: count, imageSize: size } }: PreparedRun) {
  const shape = viewShape(evaluationView({ size }));
  const bytes = colouredBytes("image", count, tf.util.sizeFromShape([...shape]));
  return imagesInMemory(() => Promise.resolve(bytes), { count, size, shape });
}

/** `[count, numbers]` bytes, `numbers` of each image. */
const colouredBytes = (name: string, count: number, numbers: number): Uint8Array =>
  Uint8Array.from(
    noiseAroundColours(
      { colours: `${name} colour`, noise: name },
      { count, numbers },
      { colours: 64, noise: 64 },
    ),
    (x) => 128 + x,
  );
