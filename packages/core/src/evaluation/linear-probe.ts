import { randomStream } from "@tssl/augment-zoo";
import { createProgram, type EngineMode, type ProgramState } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import type { Schedule } from "../state/schedules.ts";
import { createStateStore } from "../state/store.ts";
import type { Features } from "./extract-features.ts";
import { EPSILON, type ProbeShape, probeState, probeStep } from "./probe-step.ts";

/** Features of a batch of images, `[labels.length, D]` row after row, and their classes. */
export interface ProbeBatch {
  readonly features: Float32Array;
  readonly labels: Int32Array;
}

/** The batches of an epoch, from 0. At most four sizes of batch may come up. */
export type ProbeEpoch = (epoch: number) => AsyncIterable<ProbeBatch> | Iterable<ProbeBatch>;

/** The same of several layers, whose features of a batch are of the same images. */
export type LayersEpoch = (epoch: number) => AsyncIterable<LayersBatch> | Iterable<LayersBatch>;

export interface LayersBatch extends Pick<ProbeBatch, "labels"> {
  /** `[labels.length, D]` of each layer. */
  readonly features: readonly Float32Array[];
}

/** One linear layer: scores are `features weight + bias`. */
export interface LinearProbe {
  /** `[D, classes]` */
  readonly weight: Float32Array;
  /** `[classes]` */
  readonly bias: Float32Array;
  /** Mean cross-entropy over the batches of each epoch, in nats. */
  readonly losses: readonly number[];
}

/** What the probes of one layer are trained with. */
export interface LayerProbes {
  readonly dim: number;
  /** One probe is trained for each. */
  readonly learningRates: readonly number[];
  /** `[dim, classes]`: where every probe starts. */
  readonly initialWeight: Float32Array;
  /** `[classes]`; default 0. */
  readonly initialBias?: Float32Array;
  /**
   * Channels of the batch norm, where features are a map: `dim / channels` places, and at each the values of
   * all channels, as torch.nn.BatchNorm2d before nn.Linear has it but for the order. Default `dim`.
   */
  readonly channels?: number;
}

/** What is the same for the probes of all layers. */
export interface ProbeSettings {
  readonly classes: number;
  readonly epochs: number;
  /** Factor of the learning rates in each epoch, by (epoch, epochs). */
  readonly schedule: Schedule;
  /** Default 0. */
  readonly weightDecay?: number;
  /** Default false. */
  readonly nesterov?: boolean;
  /** Whether a batch norm stands before the linear layer. Default false. */
  readonly batchNorm?: boolean;
  readonly mode: EngineMode;
}

/** Deviation of a probe's first weights, in MoCo's code and in CLSA's. */
const INITIAL_DEVIATION = 0.01;

/** First weights of a probe, normal with mean 0 and deviation 0.01. */
export function initialProbeWeight(dim: number, classes: number, seed: number): Float32Array {
  const random = randomStream(seed, "linear probe", "weight");
  return Float32Array.from({ length: dim * classes }, () => INITIAL_DEVIATION * random.normal());
}

/** First weights and biases as PyTorch's nn.Linear draws them: uniform within 1 / √dim. */
export function uniformProbe(
  dim: number,
  classes: number,
  seed: number,
): { readonly weight: Float32Array; readonly bias: Float32Array } {
  const end = 1 / Math.sqrt(dim);
  const draw = (name: string, length: number) => {
    const random = randomStream(seed, "linear probe", "uniform", name);
    return Float32Array.from({ length }, () => random.between(-end, end));
  };
  return { weight: draw("weight", dim * classes), bias: draw("bias", classes) };
}

/**
 * Trains linear classifiers side by side, one for each learning rate, on the same batches from the same
 * start.
 *
 * Softmax cross-entropy, SGD with momentum 0.9 as PyTorch has it; the learning rate changes with the epoch.
 * Each probe is what it would be if it were trained alone, up to rounding. One compiled step moves all of
 * them. A batch norm before the layer ends up in the layer, by its running statistics.
 *
 * The engine must be started. A rate that is too large ends in weights that are not finite.
 *
 * @returns the probes in the order of `learningRates`.
 */
export async function trainLinearProbes(
  batches: ProbeEpoch,
  training: ProbeSettings & LayerProbes,
): Promise<readonly LinearProbe[]> {
  const ofOneLayer: LayersEpoch = async function* (epoch) {
    for await (const { features, labels } of batches(epoch)) yield { features: [features], labels };
  };
  const [probes] = await trainProbesOfLayers(ofOneLayer, training, [training]);
  return probes!;
}

/**
 * Trains the linear classifiers of several layers in one pass over the images for each epoch. Those of a
 * layer are what they would be if `trainLinearProbes` had trained them alone.
 *
 * @returns the probes of each layer in the order of its `learningRates`.
 */
export async function trainProbesOfLayers(
  batches: LayersEpoch,
  settings: ProbeSettings,
  layers: readonly LayerProbes[],
): Promise<readonly (readonly LinearProbe[])[]> {
  const { epochs, schedule } = settings;
  const trainers = layers.map((layer) => probeTrainer(settings, layer));
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      const factor = schedule(epoch, epochs);
      for await (const { features, labels } of batches(epoch)) {
        for (const [i, trainer] of trainers.entries()) {
          await trainer.step({ features: features[i]!, labels }, factor);
        }
      }
      for (const trainer of trainers) trainer.endEpoch();
    }
    return trainers.map(({ probes }) => probes());
  } finally {
    for (const trainer of trainers) await trainer.dispose();
  }
}

/** The probes of one layer while they are trained: a program with their state, and their losses so far. */
function probeTrainer(
  { classes, weightDecay = 0, nesterov = false, batchNorm = false, mode }: ProbeSettings,
  layer: LayerProbes,
) {
  const { dim, learningRates, initialWeight, channels = dim } = layer;
  const { initialBias = new Float32Array(classes) } = layer;
  const shape = { dim, classes, rates: learningRates.length, weightDecay, nesterov, batchNorm, channels };
  const store = createStateStore();
  const state = probeState(store, shape, { weight: initialWeight, bias: initialBias });
  const program = createProgram({ state: store.variables(), mode });
  const compiled = program.compile("linear probe", (inputs) => ({
    losses: probeStep(state, shape, {
      features: inputs["features"] as tf.Tensor2D,
      labels: inputs["labels"] as tf.Tensor1D,
      rates: inputs["rates"] as tf.Tensor1D,
    }),
  }));
  const history: number[][] = [];
  const zeros = () => new Array<number>(shape.rates).fill(0);
  let [sums, images] = [zeros(), 0];
  return {
    /** @param factor of the learning rates. */
    async step({ features, labels }: ProbeBatch, factor: number): Promise<void> {
      const count = labels.length;
      const { losses } = await compiled.run({
        features: { values: features, shape: [count, dim] },
        labels: { values: labels, shape: [count] },
        rates: { values: Float32Array.from(learningRates, (rate) => rate * factor), shape: [shape.rates] },
      });
      losses!.values.forEach((loss, i) => (sums[i]! += loss * count));
      images += count;
    },
    endEpoch(): void {
      history.push(sums.map((sum) => sum / images));
      [sums, images] = [zeros(), 0];
    },
    probes: (): readonly LinearProbe[] =>
      learningRates.map((_, rate) => ({
        ...layerOf(program.state, shape, rate),
        losses: history.map((losses) => losses[rate]!),
      })),
    async dispose(): Promise<void> {
      await program.dispose();
      store.dispose();
    },
  };
}

/** The layer of one probe, with its batch norm in it. */
function layerOf(
  state: Pick<ProgramState, "read">,
  { dim, classes, rates, batchNorm, channels }: ProbeShape,
  rate: number,
): Pick<LinearProbe, "weight" | "bias"> {
  const read = (name: string) => state.read(name).values;
  const weights = read("weight");
  const weight = Float32Array.from({ length: dim * classes }, (_, i) => {
    const [row, column] = [Math.floor(i / classes), i % classes];
    return weights[(row * rates + rate) * classes + column]!;
  });
  const bias = Float32Array.from(read("bias").slice(rate * classes, (rate + 1) * classes));
  if (!batchNorm) return { weight, bias };
  const [scales, shifts] = [read("norm.scale"), read("norm.shift")];
  const [means, variances] = [read("norm.mean"), read("norm.variance")];
  for (let row = 0; row < dim; row++) {
    const channel = row % channels;
    const scale = scales[channel * rates + rate]! / Math.sqrt(variances[channel]! + EPSILON);
    const shift = shifts[channel * rates + rate]! - scale * means[channel]!;
    for (let column = 0; column < classes; column++) {
      bias[column]! += shift * weight[row * classes + column]!;
      weight[row * classes + column]! *= scale;
    }
  }
  return { weight, bias };
}

/** A probe's scores for each image, `[count, classes]`. */
export async function probeScores(
  { weight, bias }: Pick<LinearProbe, "weight" | "bias">,
  { values, count, dim }: Features,
): Promise<Float32Array> {
  const scores = tf.tidy(() =>
    tf.add(tf.matMul(tf.tensor2d(values, [count, dim]), tf.tensor2d(weight, [dim, bias.length])), bias),
  );
  try {
    return (await scores.data()) as Float32Array;
  } finally {
    scores.dispose();
  }
}
