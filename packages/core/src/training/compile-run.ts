import {
  type CompiledStep,
  type CompileNotice,
  createProgram,
  type EngineMode,
  type HostTensor,
  type HostTensors,
  type Precision,
  type Program,
  type ProgramState,
  type Step,
  type StepOptions,
  type StepSize,
} from "@tssl/engine";
import type * as tf from "@tensorflow/tfjs";

import { compileFeatures, type FeatureExtractor } from "../evaluation/compile-features.ts";
import type { CosineCounts } from "../metrics/metrics-row.ts";
import { type ImageStatistics, normalizeImages } from "../networks/normalize-images.ts";
import type { Gradients } from "../optimizers/optimizer.ts";
import type { Network } from "../networks/network.ts";
import { partsPerStep } from "../plugins/run-facts.ts";
import type { PushedRows } from "../state/queue.ts";
import { type Replicas, replicasOf } from "../state/replicas.ts";
import { blankParts } from "./blank-parts.ts";
import { probeHealth } from "./health-probe.ts";
import type { HostPart } from "./host-part.ts";
import { movedStatistics } from "./moved-statistics.ts";
import { namingLeaks } from "./naming-leaks.ts";
import { type PreparedRun, runStep } from "./prepare-run.ts";
import type { RunPhase } from "./run-phase.ts";
import { stepImages } from "./step-images.ts";
import type { StepMachine, StepPart } from "./step-machine.ts";
import type { StepDescription } from "./step-description.ts";

/** A run's steps and its encoder's features, compiled over one state. */
export interface CompiledRun {
  /** The run's values by name. The variables of the run's store keep what they had when it was compiled. */
  readonly state: ProgramState;
  /** What evaluation sees of images, rows of length 1. */
  readonly features: FeatureExtractor;
  /** What is known of the steps so far; undefined before one was recorded, or taken in mode "eager". */
  readonly description: StepDescription | undefined;
  /** Rows that a step of a phase pushes into each queue; none before one was recorded, or taken. */
  pushedIn(phase: RunPhase): PushedRows;
  /**
   * Records the step of a phase before its first batch is there. @returns its size; undefined in mode
   * "eager". @throws as the first step.
   */
  record(phase: RunPhase): StepSize | undefined;
  /** Copies what one optimizer step takes in, so that it can be made ready while another step runs. */
  load(parts: readonly HostPart[], learningRate: number, phase?: RunPhase): LoadedStep;
  /** Copies one part of a batch for the health probe. */
  loadProbe(part: HostPart, phase?: RunPhase): LoadedProbe;
  /** Copies one part of a batch for a pass that tells how running statistics move; the state stays. */
  loadStatistics(part: HostPart): LoadedStatistics;
  /**
   * Embeddings of a network of the run by running statistics, rows of length 1: a feature pass of the host.
   */
  embeddings(network: Network): FeatureExtractor;
  dispose(): Promise<void>;
}

/** A step that is ready to run, once: its scalars by name come out, the rest stays in the state. */
export interface LoadedStep {
  run(): Promise<Record<string, number>>;
}

export interface LoadedProbe {
  run(): Promise<ProbeReading>;
}

export interface LoadedStatistics {
  /** @returns the running statistics after the pass, by name: those that it moves. */
  run(): Promise<ReadonlyMap<string, Float32Array>>;
}

/** What the health probe measured. */
export interface ProbeReading {
  /** The length of each weighted loss term's own gradient, by the term's name. */
  readonly gradientNorms: Readonly<Record<string, number>>;
  /** Absent where no plugin publishes embeddings. */
  readonly cosines?: CosineCounts;
}

export interface CompileRunOptions {
  readonly mode: EngineMode;
  /** Default "float32". */
  readonly precision?: Precision;
  readonly statistics: ImageStatistics;
  readonly onNotice?: (notice: CompileNotice) => void;
  /** Told of each tensor that the first step of a phase leaves behind, with plugin and hook. */
  readonly onLeak?: (sentence: string) => void;
}

/**
 * Moves a prepared run's state into a program and compiles what runs over it. The first call of each
 * compiles.
 */
export function compileRun(run: PreparedRun, options: CompileRunOptions): CompiledRun {
  const { mode, precision = "float32", onNotice } = options;
  const program = createProgram({
    state: run.store.variables(),
    mode,
    precision,
    replicas: run.replicas.size,
    ...(onNotice === undefined ? {} : { onNotice }),
  });
  return compileOver(program, run, options);
}

/** Compiles what runs over a program that holds the run's state, and is disposed with what is returned. */
export function compileOver(
  program: Program,
  run: PreparedRun,
  { statistics, onLeak }: Pick<CompileRunOptions, "statistics" | "onLeak">,
): CompiledRun {
  // Each process computes features on its own, its devices together.
  const replicas = replicasHere(run);
  let description: StepDescription | undefined;
  const pushed = new Map<string, PushedRows>();
  const firstPhase = run.phaseAt(0);
  const stepOf = perPhase(program, "training step", (phase) =>
    trainingStep(run, statistics, {
      phase,
      onDescription: (now) => (description = now),
      onPushed: (rows) => pushed.set(phase.key, rows),
      onLeak,
    }),
  );
  const probeOf = perPhase(program, "health probe", (phase) => (inputs) => {
    const [part] = stepParts(inputs, run, 1);
    return probeHealth(machineOf(run, statistics, phase), run.store, part!);
  });
  const statisticsStep = program.compile(
    "pass that settles batch norm",
    (inputs) => {
      const [part] = stepParts(inputs, run, 1);
      return movedStatistics(machineOf(run, statistics, firstPhase), run.store, part!);
    },
    SHARED,
  );
  return {
    state: program.state,
    features: compileFeatures(program, run.representation, statistics, { unitLength: true, replicas }),
    get description() {
      return description;
    },
    pushedIn: ({ key }) => pushed.get(key) ?? {},
    record: (phase) => stepOf(phase).record(stepInputs(blankParts(run), 0)),
    load(parts, learningRate, phase = firstPhase) {
      const loaded = stepOf(phase).load(stepInputs(parts, learningRate));
      return {
        async run() {
          const scalars = Object.entries(await loaded.run());
          return Object.fromEntries(scalars.map(([name, { values }]) => [name, values[0]!]));
        },
      };
    },
    loadProbe(part, phase = firstPhase) {
      const loaded = probeOf(phase).load(partInputs(part, 0));
      return { run: async () => probeReading(await loaded.run()) };
    },
    loadStatistics(part) {
      const loaded = statisticsStep.load(partInputs(part, 0));
      return {
        async run() {
          const moved = Object.entries(await loaded.run());
          return new Map(moved.map(([name, { values }]) => [name, values as Float32Array]));
        },
      };
    },
    embeddings: (network) =>
      compileFeatures(
        program,
        {
          featureDim: network.outputDim,
          features: (images) => network.project(network.encode(images, "inference"), "inference"),
        },
        statistics,
        { unitLength: true, replicas },
      ),
    dispose: () => program.dispose(),
  };
}

/** The replicas of this process: all of the run, or those that its share of the images is computed on. */
function replicasHere({ replicas, own, facts }: PreparedRun): Replicas {
  const processes = facts.imagesPerPass / own.count;
  return processes === 1 ? replicas : replicasOf({ replicas: replicas.size / processes });
}

/**
 * Whether an input of the step is shared out over replicas: images, their places and labels. What plugins
 * asked for is for all of them.
 */
export const isShared = (input: string): boolean => input !== "lr" && !input.includes(".input.");
const SHARED: StepOptions = { shared: isShared };

/** One compiled step for each phase, made when it is first asked for. */
function perPhase(
  program: Pick<Program, "compile">,
  name: string,
  stepOf: (phase: RunPhase) => Step,
): (phase: RunPhase) => CompiledStep {
  const compiled = new Map<string, CompiledStep>();
  return (phase) => {
    const known = compiled.get(phase.key);
    if (known !== undefined) return known;
    const step = program.compile(phase.key === "" ? name : `${name} (${phase.key})`, stepOf(phase), SHARED);
    compiled.set(phase.key, step);
    return step;
  };
}

const machineOf = (run: PreparedRun, statistics: ImageStatistics, phase: RunPhase): StepMachine => ({
  ...run.machine(phase),
  prepare: (images) => normalizeImages(images, statistics),
});

export interface TrainingStepOptions {
  readonly phase: RunPhase;
  readonly onDescription?: (description: StepDescription) => void;
  /** Told of the rows that the step pushes into queues. */
  readonly onPushed?: (rows: PushedRows) => void;
  readonly onLeak?: ((sentence: string) => void) | undefined;
  /** Told of the gradients before they are clipped; borrowed. */
  readonly onGradients?: (gradients: Gradients) => void;
  /** Gives the step another machine, e.g. one that is watched. */
  readonly through?: (machine: StepMachine) => StepMachine;
}

/** One optimizer step of the run as a function of the inputs that `stepInputs` names. */
export function trainingStep(
  run: PreparedRun,
  statistics: ImageStatistics,
  {
    phase,
    onDescription,
    onPushed,
    onGradients,
    onLeak,
    through = (machine) => machine,
  }: TrainingStepOptions,
): Step {
  const machine = through(machineOf(run, statistics, phase));
  const take = (inputs: Readonly<Record<string, tf.Tensor>>, by: StepMachine) => {
    const before = rowsPushed(run);
    const parts = stepParts(inputs, run, partsPerStep(run.facts));
    return runStep(by, parts, inputs["lr"] as tf.Scalar, (taken) => {
      onDescription?.(taken.description);
      onGradients?.(taken.gradients);
      const rows = Object.entries(rowsPushed(run)).map(([name, all]) => [name, all - before[name]!] as const);
      onPushed?.(Object.fromEntries(rows));
    });
  };
  let isFirst = true;
  return (inputs) => {
    if (!isFirst || onLeak === undefined) return take(inputs, machine);
    isFirst = false;
    return namingLeaks(
      machine,
      (watched) => take(inputs, watched),
      onLeak,
      Object.values(run.store.variables()),
    );
  };
}

/** Rows that were pushed into each queue since the run was prepared, as far as steps were recorded. */
const rowsPushed = ({ queues }: PreparedRun): PushedRows =>
  Object.fromEntries(Object.entries(queues).map(([name, { pushedInAll }]) => [name, pushedInAll]));

/**
 * What the training step takes in, by name: "0.view.query", "0.input.moco.target.momentum", "0.indices", …,
 * "lr".
 */
export const stepInputs = (parts: readonly HostPart[], learningRate: number): HostTensors => ({
  ...Object.fromEntries(parts.flatMap((part, i) => Object.entries(partInputs(part, i)))),
  lr: { values: Float32Array.of(learningRate), shape: [] },
});

const partInputs = ({ views, indices, labels, inputs }: HostPart, part: number): HostTensors => ({
  ...prefixed(`${part}.view.`, views),
  ...prefixed(`${part}.input.`, inputs),
  [`${part}.indices`]: indices,
  ...(labels === undefined ? {} : { [`${part}.labels`]: labels }),
});

const prefixed = (prefix: string, tensors: HostTensors): HostTensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, value]) => [prefix + name, value]));

/** The first parts from the inputs by the names above. */
function stepParts(
  given: Readonly<Record<string, tf.Tensor>>,
  { views, inputs, readsLabels }: PreparedRun,
  count: number,
): StepPart[] {
  return Array.from({ length: count }, (_, part) => ({
    ...stepImages(
      Object.fromEntries(Object.keys(views).map((name) => [name, given[`${part}.view.${name}`]!])),
    ),
    indices: given[`${part}.indices`] as tf.Tensor1D,
    ...(readsLabels ? { labels: given[`${part}.labels`] as tf.Tensor1D } : {}),
    inputs: Object.fromEntries(inputs.map(({ name }) => [name, given[`${part}.input.${name}`]!])),
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
