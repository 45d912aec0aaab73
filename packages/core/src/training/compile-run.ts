import {
  type CompileNotice,
  createProgram,
  type EngineMode,
  type HostTensor,
  type Precision,
  type HostTensors,
  type ProgramState,
  type Step,
} from "@tssl/engine";
import type * as tf from "@tensorflow/tfjs";

import { compileFeatures, type FeatureExtractor } from "../evaluation/compile-features.ts";
import { type ImageStatistics, normalizeImages } from "./normalize-images.ts";
import type { PreparedRun } from "./prepare-run.ts";
import type { StepPart } from "./step.ts";

/** What one forward and backward pass takes in, as it comes from the loader. */
export interface HostPart {
  /** `[B, H, W, 3]` bytes per view. */
  readonly views: Readonly<Record<string, HostTensor>>;
  /** `[B]` int32. */
  readonly indices: HostTensor;
  /** Values of the inputs that plugins asked for, by full name. */
  readonly inputs: Readonly<Record<string, HostTensor>>;
}

/** A run's step and its encoder's features, compiled over one state. */
export interface CompiledRun {
  /** The run's values by name. The variables of the run's store keep what they had when it was compiled. */
  readonly state: ProgramState;
  readonly features: FeatureExtractor;
  /** Copies what one optimizer step takes in, so that it can be made ready while another step runs. */
  load(parts: readonly HostPart[], learningRate: number): LoadedStep;
  dispose(): Promise<void>;
}

/** A step that is ready to run, once: its scalars by name come out, the rest stays in the state. */
export interface LoadedStep {
  run(): Promise<Record<string, number>>;
}

export interface CompileRunOptions {
  readonly mode: EngineMode;
  /** Default "float32". */
  readonly precision?: Precision;
  readonly statistics: ImageStatistics;
  readonly onNotice?: (notice: CompileNotice) => void;
}

/** Moves a prepared run's state into a program and compiles what runs over it. The first call of each compiles. */
export function compileRun(
  run: PreparedRun,
  { mode, precision = "float32", statistics, onNotice }: CompileRunOptions,
): CompiledRun {
  const program = createProgram({
    state: run.store.variables(),
    mode,
    precision,
    ...(onNotice === undefined ? {} : { onNotice }),
  });
  const step = program.compile("training step", trainingStep(run, statistics));
  return {
    state: program.state,
    features: compileFeatures(program, run.network, statistics, { unitLength: true }),
    load(parts, learningRate) {
      const loaded = step.load(stepInputs(parts, learningRate));
      return {
        async run() {
          const scalars = Object.entries(await loaded.run());
          return Object.fromEntries(scalars.map(([name, { values }]) => [name, values[0]!]));
        },
      };
    },
    dispose: () => program.dispose(),
  };
}

/** One optimizer step of the run as a function of the inputs that `stepInputs` names. */
export const trainingStep =
  (run: PreparedRun, statistics: ImageStatistics): Step =>
  (inputs) =>
    run.step(stepParts(inputs, run), inputs["lr"] as tf.Scalar, (images) =>
      normalizeImages(images, statistics),
    );

/** What the training step takes in, by name: "0.view.query", "0.input.moco.target.momentum", "0.indices", …, "lr". */
export const stepInputs = (parts: readonly HostPart[], learningRate: number): HostTensors => ({
  ...Object.fromEntries(
    parts.flatMap(({ views, indices, inputs }, part): [string, HostTensor][] => [
      ...Object.entries(views).map(([name, value]): [string, HostTensor] => [`${part}.view.${name}`, value]),
      ...Object.entries(inputs).map(([name, value]): [string, HostTensor] => [
        `${part}.input.${name}`,
        value,
      ]),
      [`${part}.indices`, indices],
    ]),
  ),
  lr: { values: Float32Array.of(learningRate), shape: [] },
});

/** The step's parts from its inputs by the names above. */
function stepParts(
  given: Readonly<Record<string, tf.Tensor>>,
  { facts, views, board }: PreparedRun,
): StepPart[] {
  return Array.from({ length: facts.batchSize / facts.microBatchSize }, (_, part) => ({
    views: Object.fromEntries(
      Object.keys(views).map((name) => [name, given[`${part}.view.${name}`] as tf.Tensor4D]),
    ),
    indices: given[`${part}.indices`] as tf.Tensor1D,
    inputs: Object.fromEntries(board.inputs.map(({ name }) => [name, given[`${part}.input.${name}`]!])),
  }));
}
