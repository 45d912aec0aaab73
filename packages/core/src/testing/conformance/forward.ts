import * as tf from "@tensorflow/tfjs";

import type { StepResult } from "../../plugins/plugin.ts";
import type { HostPart } from "../../training/host-part.ts";
import { imagenetStatistics, normalizeImages } from "../../networks/normalize-images.ts";
import type { PreparedRun } from "../../training/prepare-run.ts";
import { lendingKeep } from "../../training/lending-keep.ts";
import { runPlugins } from "../../training/run-plugins.ts";
import { movedIn, type RunPhase } from "../../training/run-phase.ts";
import { prepareImages, stepImages } from "../../training/step-images.ts";
import type { StepPart } from "../../training/step-machine.ts";
import { phaseStarts } from "../phase-steps.ts";
import { hostParts, startRun, type Subject } from "./subject.ts";

/** The tensors of one part, images normalized; the caller owns them. */
export function stepPartOf({ views, indices, labels, inputs }: HostPart): StepPart {
  const tensors = (values: HostPart["inputs"], type?: "float32") =>
    Object.fromEntries(
      Object.entries(values).map(([name, given]) => [name, tf.tensor(given.values, [...given.shape], type)]),
    );
  const prepare = <Images extends tf.Tensor4D | tf.Tensor5D>(images: Images) =>
    normalizeImages(images, imagenetStatistics);
  return {
    ...tf.tidy(() => prepareImages({ prepare }, stepImages(tensors(views, "float32")))),
    indices: tf.tensor1d(indices.values as Int32Array),
    ...(labels === undefined ? {} : { labels: tf.tensor1d(labels.values as Int32Array) }),
    inputs: tensors(inputs),
  };
}

/** One forward pass: what it takes in, and the phase of the run that it belongs to. */
export interface ForwardPass {
  readonly part: StepPart;
  readonly phase: RunPhase;
}

/**
 * Calls `use` with a run and one part of real images, once in each phase of the run.
 *
 * @returns what `use` returned.
 */
export async function inEachPhase<T>(
  { prepare }: Pick<Subject, "prepare">,
  use: (run: PreparedRun, pass: ForwardPass) => T,
): Promise<readonly T[]> {
  const started = startRun(prepare(), "eager");
  const { run } = started;
  try {
    const results: T[] = [];
    for (const step of phaseStarts(run)) {
      await started.workBefore(step);
      const part = stepPartOf((await hostParts(run, step))[0]!);
      try {
        results.push(use(run, { part, phase: run.phaseAt(step) }));
      } finally {
        disposePart(part);
      }
    }
    return results;
  } finally {
    await started.dispose();
  }
}

/**
 * The same tensors as copies that a forward pass may keep: what passes through `keep` is freed after it, as a
 * step's inputs are by the trainer, and here one part is passed through many times.
 */
export const lentPart = ({ views, patches, indices, labels, inputs }: StepPart): StepPart => {
  const copies = <T extends tf.Tensor>(tensors: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tensor.clone()]));
  return {
    views: copies(views),
    patches: copies(patches),
    indices: indices.clone(),
    ...(labels === undefined ? {} : { labels: labels.clone() }),
    inputs: copies(inputs),
  };
};

export const disposePart = ({ views, patches, indices, labels, inputs }: StepPart): void =>
  tf.dispose([
    { ...views },
    { ...patches },
    indices,
    { ...inputs },
    ...(labels === undefined ? [] : [labels]),
  ]);

/** What each plugin gave back, by its name. */
export type Results = ReadonlyMap<string, StepResult>;

/**
 * The forward pass of all plugins, and a scalar of what they gave back. Nothing is left but that scalar;
 * running statistics move.
 */
export const forward = (
  run: PreparedRun,
  { part, phase }: ForwardPass,
  scalarOf: (results: Results) => tf.Scalar,
): tf.Scalar =>
  lendingKeep((keep) => {
    const results = runPlugins(run.machine(phase), lentPart(part), keep);
    return scalarOf(new Map(results.map(({ plugin, result }) => [plugin, result])));
  });

/** The sum of a plugin's weighted terms. */
export function totalOf(results: Results, plugin: string): tf.Scalar {
  const terms = Object.values(results.get(plugin)!.terms);
  return tf.addN<tf.Scalar>(terms.map(({ loss, weight }) => tf.mul<tf.Scalar>(loss, weight ?? 1)));
}

/**
 * Gradients by the name of what they are of, as numbers; absent where there is no way from it to the scalar.
 */
export type GradientValues = Readonly<Record<string, Float32Array>>;

/** Differentiates a scalar of one forward pass. */
export function gradientsOf(
  run: PreparedRun,
  pass: ForwardPass,
  scalarOf: (results: Results) => tf.Scalar,
  xs: Readonly<Record<string, tf.Tensor>>,
): GradientValues {
  return tf.tidy(() => {
    const { grads } = tf
      .engine()
      .gradients(() => forward(run, pass, scalarOf), Object.values(xs), undefined, true) as {
      grads: (tf.Tensor | undefined)[];
    };
    return Object.fromEntries(
      Object.keys(xs).flatMap((name, i) => {
        const gradient = grads[i];
        return gradient === undefined ? [] : [[name, gradient.dataSync<"float32">().slice()]];
      }),
    );
  });
}

/** The run's trained parameters, by name. @param phase leaves out those that are frozen in it. */
export function trainedParameters(run: PreparedRun, phase?: RunPhase): Record<string, tf.Variable> {
  const trained = run.store.trained();
  const moved = phase === undefined ? trained : movedIn(phase, trained);
  return Object.fromEntries(moved.map(({ name, variable }) => [name, variable]));
}

export const isZero = (gradient: Float32Array | undefined): boolean =>
  gradient === undefined || gradient.every((value) => value === 0);
