import {
  anything,
  listOf,
  moment,
  number,
  object,
  recordOf,
  type Shape,
  share,
  text,
  whole,
} from "@tssl/core/internal";

/** How a figure was measured: what every receipt says. */
export interface Measured {
  /** SHA-256 of what was run: of a config's values that numbers depend on, of a golden file's settings. */
  readonly configHash: string;
  /** The seeds of the runs; none where all numbers are made by formulas. */
  readonly seeds: readonly number[];
  /** By program: "tssl", "TensorFlow", "PyTorch". */
  readonly versions: Readonly<Record<string, string>>;
  readonly hardware: string;
  /** The command that measured it, from the root of the repository. */
  readonly command: string;
  /** The commit of tssl that was measured. */
  readonly commit: string;
  /** ISO 8601. */
  readonly measuredAt: string;
}

/** Relative differences of losses, first gradients and state, as `goldenDifferences` of the kit measures. */
export interface Differences {
  readonly loss: number;
  readonly gradients: number;
  readonly state: number;
}

/** How far whole training steps are from those of the reference in PyTorch. */
export interface ParityReceipt extends Measured {
  readonly cases: readonly {
    /** The golden file's name. */
    readonly name: string;
    readonly steps: number;
    /** Where the reference is from. */
    readonly reference: string;
    readonly differences: Differences;
    /** The largest differences with which the receipt holds. */
    readonly tolerance: Differences;
  }[];
}

/** A run's learning curve. */
export interface SeedCurve {
  readonly seed: number;
  /** Fractions, by epoch; epoch 0 is before training. */
  readonly knn: readonly { readonly epoch: number; readonly value: number }[];
  /** The mean loss of each epoch. */
  readonly loss: readonly { readonly epoch: number; readonly value: number }[];
}

/** Learning curves of a preset's runs, and of the same runs in PyTorch. */
export interface CurveReceipt extends Measured {
  readonly preset: string;
  /** The images in words. */
  readonly data: string;
  /** Digests of the images, as a run folder keeps them. */
  readonly images: Readonly<Record<string, string>>;
  /** The values of the resolved config that numbers depend on, by path. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly tssl: readonly SeedCurve[];
  readonly pytorch: readonly SeedCurve[];
  /** The first losses of the preset on the bundled images, seed 0: what `tssl reproduce` computes again. */
  readonly miniature: readonly number[];
  /** The largest relative difference of each of these losses with which the receipt holds. */
  readonly tolerance: readonly number[];
}

/** The time of a step, as a multiple of that of MoCo v2's with the same encoder and images. */
export interface CostReceipt extends Measured {
  readonly ratio: number;
  /** The smallest and the largest ratio of a round. */
  readonly range: readonly [number, number];
  readonly rounds: number;
  /** The largest relative difference of the ratio with which the receipt holds. */
  readonly tolerance: number;
}

/** The receipts of a row by their kind, which is the name of the file. */
export interface Receipts {
  readonly parity?: ParityReceipt;
  readonly curve?: CurveReceipt;
  readonly cost?: CostReceipt;
}

const measured = {
  configHash: text,
  seeds: listOf(whole()),
  versions: recordOf(text),
  hardware: text,
  command: text,
  commit: text,
  measuredAt: moment,
};

const positive = number({ exclusiveMinimum: 0 });
const difference = number({ minimum: 0 });
const differences = object({ loss: difference, gradients: difference, state: difference });

const accuracies = listOf(object({ epoch: whole(), value: share }), { atLeast: 1 });
const losses = listOf(object({ epoch: whole(1), value: number() }), { atLeast: 1 });
const seedCurves = listOf(object({ seed: whole(), knn: accuracies, loss: losses }));

const parity: Shape<ParityReceipt> = object({
  ...measured,
  cases: listOf(
    object({ name: text, steps: whole(1), reference: text, differences, tolerance: differences }),
    { atLeast: 1 },
  ),
});

const curve: Shape<CurveReceipt> = object({
  ...measured,
  preset: text,
  data: text,
  images: recordOf(text),
  config: recordOf(anything),
  tssl: seedCurves,
  pytorch: seedCurves,
  miniature: listOf(number(), { atLeast: 1 }),
  tolerance: listOf(positive, { atLeast: 1 }),
});

const cost: Shape<Omit<CostReceipt, "range"> & { readonly range: readonly number[] }> = object({
  ...measured,
  ratio: positive,
  range: listOf(positive, { atLeast: 2 }),
  rounds: whole(1),
  tolerance: positive,
});

/** The shape of each kind's file. */
export const receiptShapes = { parity, curve, cost: cost as Shape<CostReceipt> };
