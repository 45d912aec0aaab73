/** Plugins and optimizer of a config, small enough for tests. */
export interface Composition {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

// A step's 16 keys do not divide the queue, so that its cursor is seldom at 0.
const moco = { use: "moco", queueSize: 40, dim: 8, momentum: 0.9 };
const simclr = { use: "simclr", dim: 8 };
const byol = { use: "byol", dim: 8, hidden: 16 };
/**
 * Prototypes are frozen in the first epoch of 3 steps; the queue fills from the second one on, and is full in
 * the third.
 */
const swav = {
  use: "swav",
  dim: 8,
  hidden: 16,
  prototypes: 6,
  smallCrops: 2,
  smallSize: 16,
  queueSize: 40,
  queueFromEpoch: 1,
};
/** The banks are filled and clustered before the first epoch, and clustered before each later one. */
const deepcluster = {
  use: "deepcluster-v2",
  dim: 8,
  hidden: 16,
  prototypes: [10, 6, 8],
  iterations: 3,
  smallCrops: 2,
  smallSize: 16,
};
/** Images are clustered before the third and the fourth epoch. */
const pcl = {
  use: "pcl",
  queueSize: 40,
  dim: 8,
  momentum: 0.9,
  clusters: [20, 24],
  negatives: null,
  warmupEpochs: 2,
  iterations: 3,
  redo: 2,
};
/** The bank is clustered before the second epoch and each later one. */
const localagg = {
  use: "localagg",
  dim: 8,
  background: 20,
  clusterings: 2,
  clusters: 10,
  iterations: 3,
  warmupEpochs: 1,
};
const infomin = { use: "infomin", queueSize: 40, dim: 8, momentum: 0.9 };
const sgd = { use: "sgd", lr: 0.06, momentum: 0.9, weightDecay: 5e-4 };
const lars = { use: "lars", lr: 0.2, warmupEpochs: 1 };

/**
 * Every method of the repository, alone and with the terms that attach to it; each is killed and resumed in
 * tests.
 */
export const compositions: readonly Composition[] = [
  { name: "moco", config: { plugins: [moco], optimizer: sgd } },
  {
    name: "moco-v1, LARS",
    config: { plugins: [{ ...moco, use: "moco-v1" }], optimizer: lars },
  },
  { name: "moco + clsa", config: { plugins: [moco, { use: "clsa" }], optimizer: sgd } },
  {
    name: "moco + clsa with crops of several sizes",
    config: {
      plugins: [moco, { use: "clsa", crops: "multi", weakSizes: [16], strongSizes: [24, 16] }],
      optimizer: sgd,
    },
  },
  { name: "simclr", config: { plugins: [simclr], optimizer: sgd } },
  { name: "simclr + clsa, LARS", config: { plugins: [simclr, { use: "clsa" }], optimizer: lars } },
  { name: "byol", config: { plugins: [byol], optimizer: sgd } },
  { name: "instdisc", config: { plugins: [{ use: "instdisc", dim: 8 }], optimizer: sgd } },
  {
    name: "instdisc by NCE + clsa",
    config: {
      plugins: [{ use: "instdisc", dim: 8, loss: "nce", negatives: 10 }, { use: "clsa" }],
      optimizer: sgd,
    },
  },
  { name: "swav, queue and phases", config: { plugins: [swav], optimizer: { use: "larc", lr: 0.1 } } },
  {
    name: "swav + clsa, two parts a step",
    config: { accumulate: 2, plugins: [swav, { use: "clsa" }], optimizer: sgd },
  },
  { name: "deepcluster-v2", config: { plugins: [deepcluster], optimizer: { use: "larc", lr: 0.1 } } },
  {
    name: "deepcluster-v2 + clsa, two parts a step",
    config: { accumulate: 2, plugins: [deepcluster, { use: "clsa" }], optimizer: sgd },
  },
  {
    name: "pcl, two expectation steps",
    config: { plugins: [{ ...pcl, negatives: 3 }], optimizer: sgd },
  },
  { name: "pcl + clsa", config: { plugins: [pcl, { use: "clsa" }], optimizer: sgd } },
  { name: "pcl-v1", config: { plugins: [{ ...pcl, use: "pcl-v1" }], optimizer: sgd } },
  {
    name: "pcl-v1 with all prototypes + clsa, two parts a step",
    config: { accumulate: 2, plugins: [{ ...pcl, use: "pcl-v1" }, { use: "clsa" }], optimizer: sgd },
  },
  { name: "localagg", config: { plugins: [localagg], optimizer: sgd } },
  { name: "localagg + clsa", config: { plugins: [localagg, { use: "clsa" }], optimizer: sgd } },
  { name: "infomin", config: { plugins: [infomin], optimizer: sgd } },
  {
    name: "infomin + clsa, two parts a step",
    config: {
      accumulate: 2,
      plugins: [infomin, { use: "clsa" }],
      optimizer: sgd,
    },
  },
  { name: "pirl", config: { plugins: [{ use: "pirl", dim: 8, negatives: 10 }], optimizer: sgd } },
  {
    name: "pirl with the whole bank + clsa, two parts a step",
    config: {
      accumulate: 2,
      plugins: [{ use: "pirl", dim: 8, negatives: null }, { use: "clsa" }],
      optimizer: sgd,
    },
  },
  {
    name: "cpc, two parts a step",
    config: {
      accumulate: 2,
      plugins: [{ use: "cpc", grid: 5, dim: 8, contextWidth: 8, contextBlocks: 2, stepsToPredict: 2 }],
      optimizer: { use: "adamw", lr: 1e-3, beta1: 0.8, clipNorm: 1 },
    },
  },
  { name: "supervised", config: { plugins: [{ use: "supervised", classes: 4 }], optimizer: sgd } },
  {
    name: "supcon + clsa",
    config: { plugins: [{ use: "supcon", dim: 8 }, { use: "clsa" }], optimizer: sgd },
  },
  {
    name: "byol with a queue + clsa, two parts a step",
    config: { accumulate: 2, plugins: [{ ...byol, queueSize: 40 }, { use: "clsa" }], optimizer: lars },
  },
  {
    name: "moco + clsa, shuffled batch norm, two parts a step, AdamW",
    config: {
      accumulate: 2,
      plugins: [
        { ...moco, batchNormGroups: 2, shuffleBatchNorm: true, momentumSchedule: "cosine" },
        { use: "clsa", strongSizes: [16, 16] },
      ],
      optimizer: { use: "adamw", lr: 1e-3, weightDecay: 0.05 },
    },
  },
];

/**
 * The rest of their configs: images of 32 pixels in class folders, 3 steps per epoch, kNN after every second
 * epoch.
 */
export const smallRun = (
  data: { readonly train: string; readonly test: string },
  encoder: object,
): Record<string, unknown> => ({
  data: { ...data, workers: 1 },
  imageSize: 32,
  epochs: 4,
  batchSize: 16,
  encoder,
  evaluation: { everyEpochs: 2, k: 10 },
});
