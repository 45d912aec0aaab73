import type { ProbeScheduleName } from "./probe-schedules.ts";

/** A published way to train a linear classifier on frozen features. */
export interface LinearProtocol {
  /** For batches of 256, on ImageNet with a ResNet-50. */
  readonly learningRate: number;
  readonly schedule: ProbeScheduleName;
  readonly epochs: number;
  readonly batchSize: number;
  /** Of the linear layer's weight and bias. */
  readonly weightDecay: number;
  readonly nesterov: boolean;
  /** Whether a batch norm with scale and shift stands before the linear layer. */
  readonly batchNorm: boolean;
  /**
   * Where the linear layer starts: "normal" of deviation 0.01 with a bias of 0, or "uniform" within
   * 1 / √D, weight and bias, which PyTorch's nn.Linear has if nothing else is said.
   */
  readonly firstValues: "normal" | "uniform";
  /** Areas of the random crops that it is trained on, which are flipped with 0.5. */
  readonly crop: readonly [number, number];
}

const moco = {
  learningRate: 30,
  schedule: "steps",
  epochs: 100,
  batchSize: 256,
  weightDecay: 0,
  nesterov: false,
  batchNorm: false,
  firstValues: "normal",
  crop: [0.08, 1],
} as const;

/**
 * Linear evaluation as published, by name. The rates suit the features of a ResNet-50 that was trained by
 * that method: on others they may be too large or too small by a hundredfold.
 *
 * - moco: facebookresearch/moco, main_lincls.py at 3631be0 (arXiv:1911.05722, section 4.1).
 * - pcl: salesforce/PCL, eval_cls_imagenet.py at af7287d.
 * - swav: facebookresearch/swav, eval_linear.py at dd0e570.
 * - pycontrast: HobbitLong/PyContrast, test_options.py and build_linear.py at d72bb9a, without RandAugment.
 * - vissl: facebookresearch/vissl, eval_resnet_8gpu_transfer_in1k_linear.yaml at 1465c2c. Each of a ResNet's
 *   five layers has a classifier of its own, on its map pooled to at most 9,216 numbers, see `pooledStage`.
 *
 * MoCo's, PCL's and SwAV's code names the best test accuracy of any epoch; here it is that of the last one.
 */
export const linearProtocols = {
  moco,
  pcl: { ...moco, learningRate: 5 },
  swav: { ...moco, learningRate: 0.3, schedule: "swav", weightDecay: 1e-6 },
  pycontrast: { ...moco, schedule: "pycontrast", epochs: 60, firstValues: "uniform", crop: [0.2, 1] },
  vissl: {
    ...moco,
    learningRate: 0.01,
    schedule: "vissl",
    epochs: 28,
    weightDecay: 5e-4,
    nesterov: true,
    batchNorm: true,
    firstValues: "uniform",
  },
} as const satisfies Record<string, LinearProtocol>;

export type LinearProtocolName = keyof typeof linearProtocols;
