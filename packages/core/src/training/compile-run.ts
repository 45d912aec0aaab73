import {
  type CompileNotice,
  createProgram,
  type EngineMode,
  type HostTensor,
  type Precision,
  type HostTensors,
  type ProgramState,
  type Step,
  type StepSize,
} from "@tssl/engine";
import type * as tf from "@tensorflow/tfjs";

import { compileFeatures, type FeatureExtractor } from "../evaluation/compile-features.ts";
import type { CosineCounts } from "../metrics/metrics-log.ts";
import { blankParts } from "./blank-parts.ts";
import type { HostPart } from "./host-part.ts";
import { type ImageStatistics, normalizeImages } from "../networks/normalize-images.ts";
import type { PreparedRun } from "./prepare-run.ts";
import type { StepPart } from "./step.ts";
import type { StepWatch } from "./step-watch.ts";

/** A run's step and its encoder's features, compiled over one state. */
export interface CompiledRun {
  /** The run's values by name. The variables of the run's store keep what they had when it was compiled. */
  readonly state: ProgramState;
  readonly features: FeatureExtractor;
  /** Records the step before its first batch is there. @returns its size; undefined in mode "eager". @throws as the first step. */
  record(): StepSize | undefined;
  /** Copies what one optimizer step takes in, so that it can be made ready while another step runs. */
  load(parts: readonly HostPart[], learningRate: number): LoadedStep;
  /** Copies what the run is looked at by; see `ProbeReading`. */
  loadProbe(part: HostPart): LoadedProbe;
  dispose(): Promise<void>;
}

/** A step that is ready to run, once: its scalars by name come out, the rest stays in the state. */
export interface LoadedStep {
  run(): Promise<Record<string, number>>;
}

export interface LoadedProbe {
  run(): Promise<ProbeReading>;
}

/** What a `HealthProbe` measures. */
export interface ProbeReading {
  /** The length of each weighted loss term's own gradient, by the term's name. */
  readonly gradientNorms: Readonly<Record<string, number>>;
  /** Absent where no plugin publishes an embedding space. */
  readonly cosines?: CosineCounts;
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
  const probe = program.compile("health probe", (inputs) =>
    run.healthProbe(stepParts(inputs, run, 1)[0]!, (images) => normalizeImages(images, statistics)),
  );
  return {
    state: program.state,
    features: compileFeatures(program, run.network, statistics, { unitLength: true }),
    record: () => step.record(stepInputs(blankParts(run), 0)),
    load(parts, learningRate) {
      const loaded = step.load(stepInputs(parts, learningRate));
      return {
        async run() {
          const scalars = Object.entries(await loaded.run());
          return Object.fromEntries(scalars.map(([name, { values }]) => [name, values[0]!]));
        },
      };
    },
    loadProbe(part) {
      const loaded = probe.load(partInputs(part, 0));
      return { run: async () => probeReading(await loaded.run()) };
    },
    dispose: () => program.dispose(),
  };
}

/** One optimizer step of the run as a function of the inputs that `stepInputs` names. */
export const trainingStep =
  (run: PreparedRun, statistics: ImageStatistics, watch?: StepWatch): Step =>
  (inputs) =>
    run.step(
      stepParts(inputs, run, partsPerStep(run)),
      inputs["lr"] as tf.Scalar,
      (images) => normalizeImages(images, statistics),
      watch,
    );

const partsPerStep = ({ facts: { batchSize, microBatchSize } }: PreparedRun): number =>
  batchSize / microBatchSize;

/** What the training step takes in, by name: "0.view.query", "0.input.moco.target.momentum", "0.indices", …, "lr". */
export const stepInputs = (parts: readonly HostPart[], learningRate: number): HostTensors => ({
  ...Object.fromEntries(parts.flatMap((part, i) => Object.entries(partInputs(part, i)))),
  lr: { values: Float32Array.of(learningRate), shape: [] },
});

const partInputs = ({ views, indices, inputs }: HostPart, part: number): HostTensors => ({
  ...prefixed(`${part}.view.`, views),
  ...prefixed(`${part}.input.`, inputs),
  [`${part}.indices`]: indices,
});

const prefixed = (prefix: string, tensors: HostTensors): HostTensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, value]) => [prefix + name, value]));

/** The first parts from the inputs by the names above. */
function stepParts(
  given: Readonly<Record<string, tf.Tensor>>,
  { views, board }: PreparedRun,
  count: number,
): StepPart[] {
  return Array.from({ length: count }, (_, part) => ({
    views: Object.fromEntries(
      Object.keys(views).map((name) => [name, given[`${part}.view.${name}`] as tf.Tensor4D]),
    ),
    indices: given[`${part}.indices`] as tf.Tensor1D,
    inputs: Object.fromEntries(board.inputs.map(({ name }) => [name, given[`${part}.input.${name}`]!])),
  }));
}

function probeReading({ positive, negative, ...norms }: Readonly<Record<string, HostTensor>>): ProbeReading {
  const counts = ({ values }: HostTensor) => Array.from(values);
  return {
    gradientNorms: Object.fromEntries(
      Object.entries(norms).map(([name, { values }]) => [name.slice("gradient/".length), values[0]!]),
    ),
    ...(positive === undefined || negative === undefined
      ? {}
      : { cosines: { positive: counts(positive), negative: counts(negative) } }),
  };
}
