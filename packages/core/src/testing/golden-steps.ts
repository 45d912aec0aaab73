import { evaluationView, type ViewSize, viewShape } from "@tssl/augment-zoo";
import type { EngineMode, HostTensor } from "@tssl/engine";
import { assertClose, fill, relativeError } from "@tssl/engine/testing";
import * as tf from "@tensorflow/tfjs";

import { l2Normalize } from "../losses/l2-normalize.ts";
import { larc } from "../optimizers/larc.ts";
import { sgd } from "../optimizers/sgd.ts";
import { resnet20 } from "../networks/resnet.ts";
import type { EvaluationImages } from "../evaluation/images.ts";
import { hostImages, hostInputs } from "../training/batches.ts";
import { compileRun } from "../training/compile-run.ts";
import { createEpochWork } from "../training/epoch-work.ts";
import type { HostPart } from "../training/host-part.ts";
import type { PreparedRun } from "../training/prepare-run.ts";
import { setGoldenWeights } from "./golden-weights.ts";
import { imagesInMemory } from "./images-in-memory.ts";
import { goldenOptimizerUnknown } from "./messages/assertions.ts";
import { modes } from "./modes.ts";
import { assertProbe, type Probe, probeDifference } from "./probe.ts";
import { testRun } from "./test-run.ts";

type Probes = Readonly<Record<string, Probe>>;

/** A whole training run that a reference has made: `packages/core/fixtures/training.py`. */
export interface GoldenSteps {
  /** The paper and the code that the reference follows. */
  readonly source?: string;
  /** Of what made them. */
  readonly versions?: Readonly<Record<string, string>>;
  readonly settings: {
    readonly batch: number;
    /** Of the encoder. Default "batch". */
    readonly norm?: "batch" | "layer";
    readonly sgd?: { readonly lr: number; readonly momentum: number; readonly weightDecay: number };
    /** The optimizer as in a config, where it is not `sgd`. */
    readonly optimizer?: { readonly use: string; readonly lr: number };
    /** Images of the training set, where the steps are more than one epoch. */
    readonly images?: number;
    readonly epochs?: number;
    /** Options of the method, and of CLSA where it takes part. */
    readonly plugin: object;
    readonly clsa?: object;
  };
  /** Side of the images of each view; where it has patches, their number and side. */
  readonly views: Readonly<Record<string, number | readonly [patches: number, side: number]>>;
  /** Parts of networks, each filled by the names of its own parameters: "moco.online.encoder". */
  readonly networks: readonly string[];
  /** Shape of each queue, by its name. */
  readonly queues: Readonly<Record<string, readonly [number, number]>>;
  readonly steps: readonly {
    readonly terms: Readonly<Record<string, number>>;
    readonly gradientNorm: number;
    /** Networks and queues after some of the steps. */
    readonly state?: Probes;
    /**
     * The optimizer's, by parameter; after the first step those of every parameter, which are its gradients
     * and decay.
     */
    readonly velocities?: Probes;
  }[];
}

/** What a reference starts from and takes in besides images, by formulas that its file states. */
export interface GoldenInputs {
  /** First values of state by full name. */
  readonly initial?: Readonly<Record<string, ArrayLike<number>>>;
  /** The positions of a step's images. Default: 0, 1, … */
  readonly indices?: (step: number) => readonly number[];
  /** The class of each image of the training set, for a method that reads labels. */
  readonly labels?: Int32Array;
  /** Relative deviation of the first step's velocities that rounding explains. Default 1e-4. */
  readonly firstGradients?: number;
}

/** Modes in which steps are held to golden files; that of TensorFlow's XLA takes long to compile. */
export const goldenModes: readonly EngineMode[] = modes.filter((mode) => mode !== "xla");

/** The steps of a golden file, with all that they are taken with: what `assertGoldenSteps` is called with. */
export interface GoldenCase {
  /** Its file's name without ".json": "moco-steps". */
  readonly name: string;
  /** As in a config, with the golden settings as their options. */
  readonly plugins: readonly object[];
  readonly golden: GoldenSteps;
  /** Made once the engine has started. */
  readonly inputs?: () => GoldenInputs;
}

/**
 * Runs the steps of a golden file and throws where a loss, a gradient, a network, a queue or the optimizer is
 * not the reference's.
 *
 * @param plugins as in a config, with the golden settings as their options.
 */
export async function assertGoldenSteps(
  plugins: readonly object[],
  golden: GoldenSteps,
  mode: EngineMode,
  inputs: GoldenInputs = {},
): Promise<void> {
  const { firstGradients = GRADIENT_TOLERANCE } = inputs;
  await takeGoldenSteps(plugins, golden, mode, inputs, ({ step, want, scalars, state }) => {
    for (const [name, value] of Object.entries(want.terms)) {
      assertClose([scalars[name]!], [value], LOSS_TOLERANCE, `step ${step}: ${name}`);
    }
    assertClose([scalars["gradientNorm"]!], [want.gradientNorm], 1e-4, `step ${step}: gradient norm`);
    if (want.state === undefined) return;
    assertProbes(state(), want.state, STATE_TOLERANCE, `step ${step}: `);
    const tolerance = step === 0 ? firstGradients : LATER_GRADIENTS_TOLERANCE;
    assertProbes(state(), slotsOf(want.velocities!), tolerance, `step ${step}: `);
  });
}

/** Relative differences between steps and a reference's, each the largest that was found. */
export interface GoldenDifferences {
  /** Of the losses, in all steps. */
  readonly loss: number;
  /** Of the gradients with weight decay, in the first step; as `probeDifference` measures them. */
  readonly gradients: number;
  /** Of networks, queues and banks, after each step of which the reference keeps them; likewise. */
  readonly state: number;
}

/** Rows of length 1 that a reference fills by a formula: a bank, prototypes. */
export const goldenUnitRows = (name: string, shape: readonly [number, number]): ArrayLike<number> =>
  tf.tidy(() => unitFilled(name, shape).dataSync());

/** The formula by which a reference takes the images of a step out of so many. */
export const goldenIndices =
  ({ settings: { batch } }: GoldenSteps, images: number) =>
  (step: number): number[] =>
    Array.from({ length: batch }, (_, b) => (3 * step + 5 * b) % images);

/** The steps of a method that keeps a row of each image, with the shape of its bank. */
export type GoldenBankSteps = GoldenSteps & {
  readonly buffers: Readonly<Record<string, [rows: number, dim: number]>>;
};

/** A bank of rows of length 1 as a reference fills it, and the images of each step out of its rows. */
export function goldenBank(
  golden: GoldenBankSteps,
  plugin: string,
): Required<Pick<GoldenInputs, "initial" | "indices">> {
  const name = `${plugin}.bank`;
  const shape = golden.buffers[`${name}.rows`]!;
  return {
    initial: { [`${name}.rows`]: goldenUnitRows(name, shape) },
    indices: goldenIndices(golden, shape[0]),
  };
}

/** The largest differences with which `assertGoldenSteps` lets the steps of a golden file pass. */
export const goldenTolerance = ({ inputs }: GoldenCase): GoldenDifferences => ({
  loss: LOSS_TOLERANCE,
  gradients: inputs?.().firstGradients ?? GRADIENT_TOLERANCE,
  state: STATE_TOLERANCE,
});

/** Runs the steps of a golden file, and measures how far they are from the reference's. */
export async function goldenDifferences(
  { plugins, golden, inputs }: GoldenCase,
  mode: EngineMode,
): Promise<GoldenDifferences> {
  const found = { loss: [0], gradients: [0], state: [0] };
  await takeGoldenSteps(plugins, golden, mode, inputs?.() ?? {}, ({ step, want, scalars, state }) => {
    for (const [name, value] of Object.entries(want.terms)) {
      found.loss.push(relativeError([scalars[name]!], [value]));
    }
    if (want.state === undefined) return;
    found.state.push(...probeDifferences(state(), want.state));
    if (step === 0) found.gradients.push(...probeDifferences(state(), slotsOf(want.velocities!)));
  });
  const { loss, gradients, state } = found;
  return { loss: Math.max(...loss), gradients: Math.max(...gradients), state: Math.max(...state) };
}

/** A step that has been taken, beside the reference's. */
interface TakenStep {
  readonly step: number;
  readonly want: GoldenSteps["steps"][number];
  readonly scalars: Readonly<Record<string, number>>;
  /** Copies the state. */
  readonly state: () => ReadonlyMap<string, HostTensor>;
}

async function takeGoldenSteps(
  plugins: readonly object[],
  golden: GoldenSteps,
  mode: EngineMode,
  {
    initial = {},
    indices = () => Array.from({ length: golden.settings.batch }, (_, i) => i),
    labels,
  }: GoldenInputs,
  see: (taken: TakenStep) => void,
): Promise<void> {
  const { batch, norm = "batch", images = batch * golden.steps.length, epochs = 1 } = golden.settings;
  const optimizer = optimizerOf(golden.settings);
  const run = testRun({
    encoder: { use: resnet20, norm },
    plugins,
    optimizer,
    batchSize: batch,
    datasetSize: images,
    epochs,
  });
  for (const network of golden.networks) setGoldenWeights(run.store, `${network}.`);
  for (const [name, shape] of Object.entries(golden.queues)) {
    tf.tidy(() => run.store.get(`${name}.rows`).variable.assign(unitFilled(name, shape)));
  }

  for (const [name, values] of Object.entries(initial)) {
    const { variable } = run.store.get(name);
    tf.tidy(() => variable.assign(tf.tensor(Float32Array.from(values), variable.shape)));
  }

  const compiled = compileRun(run, { mode, statistics: AS_IT_IS });
  const work = createEpochWork({
    run,
    compiled,
    images: unaugmented(images, run.facts.imageSize),
    seed: 0,
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  for (const [step, want] of golden.steps.entries()) {
    if (work.isDue(step)) await work.do(step);
    const scalars = await compiled
      .load([partOf(run, golden, step, hostImages(indices(step), labels))], optimizer.lr, run.phaseAt(step))
      .run();
    see({ step, want, scalars, state: () => new Map(compiled.state) });
  }
  await compiled.dispose();
  run.dispose();
}

/** The optimizer's velocities, by their names in the state. */
const slotsOf = (velocities: Probes): Probes =>
  Object.fromEntries(
    Object.entries(velocities).map(([name, probe]) => [`optimizer.${name}.velocity`, probe]),
  );

function optimizerOf({ sgd: options, optimizer }: GoldenSteps["settings"]) {
  if (optimizer === undefined) return { use: sgd, ...options!, lr: options!.lr };
  if (optimizer.use !== larc.name) {
    throw new Error(goldenOptimizerUnknown(optimizer.use, [sgd.name, larc.name]));
  }
  return { ...optimizer, use: larc };
}

function assertProbes(
  state: ReadonlyMap<string, HostTensor>,
  probes: Probes,
  tolerance: number,
  when: string,
): void {
  const floor = medianLength(probes);
  for (const [name, probe] of Object.entries(probes)) {
    assertProbe(state.get(name)!.values, probe, tolerance, { what: when + name, floor });
  }
}

const probeDifferences = (state: ReadonlyMap<string, HostTensor>, probes: Probes): readonly number[] =>
  Object.entries(probes).map(([name, probe]) =>
    probeDifference(state.get(name)!.values, probe, medianLength(probes)),
  );

function medianLength(probes: Probes): number {
  const lengths = Object.values(probes).map(({ norm }) => norm);
  return lengths.sort((a, b) => a - b)[Math.floor(lengths.length / 2)]!;
}

// Relative to the length of each value, or to the median length where that is larger.
const LOSS_TOLERANCE = 1e-5;
const STATE_TOLERANCE = 1e-4;
const GRADIENT_TOLERANCE = 1e-4;
/**
 * After some steps a unit of a relu or two has fallen on the other side of its kink, in PyTorch's float32 run
 * as well, and sums are taken in another order where there are more cores.
 */
const LATER_GRADIENTS_TOLERANCE = 3e-3;

/** Leaves 0 .. 255 as it is, so that a golden file's images reach the networks as they stand there. */
const AS_IT_IS = { mean: [0, 0, 0], deviation: [1 / 255, 1 / 255, 1 / 255] } as const;

/** Images that a feature pass sees: whole numbers from 2 to 14, around a colour of each image. */
function unaugmented(count: number, size: ViewSize): EvaluationImages {
  const shape = viewShape(evaluationView({ size }));
  const pixels = tf.util.sizeFromShape([...shape]);
  const [noise, colours] = [fill("unaugmented", count * pixels, 2), fill("unaugmented colour", count * 3, 4)];
  const bytes = Uint8Array.from(noise, (x, i) =>
    Math.round(8 + x + colours[Math.floor(i / pixels) * 3 + (i % 3)]!),
  );
  return imagesInMemory(() => Promise.resolve(bytes), { count, size, shape });
}

const unitFilled = (name: string, [rows, columns]: readonly [number, number]) =>
  l2Normalize(tf.tensor2d(fill(name, rows * columns, 1), [rows, columns]));

function partOf(
  { inputs, facts }: PreparedRun,
  { settings, views }: GoldenSteps,
  step: number,
  positions: ReturnType<typeof hostImages>,
): HostPart {
  const { batch } = settings;
  const images = Object.entries(views).map(([view, size]) => {
    const [patches, side] = typeof size === "number" ? [1, size] : size;
    // A colour of its own for each image or patch: noise alone looks the same to a network, image by image.
    const colours = fill(`${view}${step} colour`, batch * patches * 3, COLOUR);
    const noise = fill(`${view}${step}`, batch * patches * side * side * 3, 1);
    const values = noise.map((x, i) => x + colours[Math.floor(i / (side * side * 3)) * 3 + (i % 3)]!);
    const count = typeof size === "number" ? [batch] : [batch, patches];
    return [view, { values, shape: [...count, side, side, 3] }] as const;
  });
  return {
    views: Object.fromEntries(images),
    ...positions,
    inputs: hostInputs({ inputs, facts, seed: 0 }, step, 0),
  };
}

const COLOUR = 4;
