import { randomStream } from "@tssl/augment-zoo";
import { createProgram, type EngineMode } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import type { Schedule } from "../state/schedules.ts";
import { createStateStore } from "../state/store.ts";
import type { Features } from "./extract-features.ts";

/** Features of a batch of images, `[labels.length, D]` row after row, and their classes. */
export interface ProbeBatch {
  readonly features: Float32Array;
  readonly labels: Int32Array;
}

/** The batches of an epoch, from 0. At most four sizes of batch may come up. */
export type ProbeEpoch = (epoch: number) => AsyncIterable<ProbeBatch> | Iterable<ProbeBatch>;

/** One linear layer: scores are `features weight + bias`. */
export interface LinearProbe {
  /** `[D, classes]` */
  readonly weight: Float32Array;
  /** `[classes]` */
  readonly bias: Float32Array;
  /** Mean cross-entropy over the batches of each epoch, in nats. */
  readonly losses: readonly number[];
}

export interface ProbeTraining {
  readonly dim: number;
  readonly classes: number;
  readonly epochs: number;
  /** One probe is trained for each. */
  readonly learningRates: readonly number[];
  /** Factor of the learning rates in each epoch, by (epoch, epochs). */
  readonly schedule: Schedule;
  /** `[dim, classes]`: where every probe starts; biases start at 0. */
  readonly initialWeight: Float32Array;
  readonly mode: EngineMode;
}

const MOMENTUM = 0.9;

/** Deviation of a probe's first weights, in MoCo's code and in CLSA's. */
const INITIAL_DEVIATION = 0.01;

/** First weights of a probe, normal with mean 0 and deviation 0.01. */
export function initialProbeWeight(dim: number, classes: number, seed: number): Float32Array {
  const random = randomStream(seed, "linear probe", "weight");
  return Float32Array.from({ length: dim * classes }, () => INITIAL_DEVIATION * random.normal());
}

/**
 * Trains linear classifiers side by side, one for each learning rate, on the same batches from the same
 * start.
 *
 * Softmax cross-entropy, SGD with momentum 0.9 as PyTorch has it, no weight decay; the learning rate changes
 * with the epoch. Each probe is what it would be if it were trained alone, up to rounding. One compiled step
 * moves all of them.
 *
 * The engine must be started. A rate that is too large ends in weights that are not finite.
 *
 * @returns the probes in the order of `learningRates`.
 */
export async function trainLinearProbes(
  batches: ProbeEpoch,
  { dim, classes, epochs, learningRates, schedule, initialWeight, mode }: ProbeTraining,
): Promise<readonly LinearProbe[]> {
  const rates = learningRates.length;
  const store = createStateStore();
  const zeros = (name: string, shape: number[]) =>
    store.add(name, tf.zeros(shape), { role: "buffer", trained: false });
  const weight = store.add(
    "weight",
    tf.tidy(() => tf.tile(tf.tensor(initialWeight, [dim, 1, classes]), [1, rates, 1])),
    { role: "weight", trained: true },
  );
  const bias = store.add("bias", tf.zeros([rates, classes]), { role: "vector", trained: true });
  const weightVelocity = zeros("weight.velocity", [dim, rates, classes]);
  const biasVelocity = zeros("bias.velocity", [rates, classes]);
  const program = createProgram({ state: store.variables(), mode });
  const step = program.compile("linear probe", (inputs) => {
    const features = inputs["features"] as tf.Tensor2D; // [B, D]
    const count = features.shape[0];
    const products = tf.matMul(features, tf.reshape<tf.Rank.R2>(weight, [dim, rates * classes]));
    const logits = tf.add(tf.reshape(products, [count, rates, classes]), bias);
    const targets = tf.expandDims(tf.oneHot(inputs["labels"] as tf.Tensor1D, classes), 1); // [B, 1, classes]
    const losses = tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), targets), 2), 0)); // [rates]
    const perLogit = tf.div(tf.sub(tf.softmax(logits), targets), count); // d loss / d logits, of each probe's own loss
    const flat = tf.reshape<tf.Rank.R2>(perLogit, [count, rates * classes]);
    const weightGradient = tf.reshape(tf.matMul(features, flat, true), [dim, rates, classes]);
    const rateColumn = tf.reshape(inputs["rates"]!, [rates, 1]);
    for (const { variable, velocity, gradient } of [
      { variable: weight, velocity: weightVelocity, gradient: weightGradient },
      { variable: bias, velocity: biasVelocity, gradient: tf.sum(perLogit, 0) },
    ]) {
      velocity.assign(tf.add(tf.mul(velocity, MOMENTUM), gradient));
      variable.assign(tf.sub(variable, tf.mul(velocity, rateColumn)));
    }
    return { losses };
  });

  try {
    const history: number[][] = [];
    for (let epoch = 0; epoch < epochs; epoch++) {
      const factor = schedule(epoch, epochs);
      const ratesNow = {
        values: Float32Array.from(learningRates, (rate) => rate * factor),
        shape: [rates],
      };
      const sums = new Array<number>(rates).fill(0);
      let images = 0;
      for await (const { features, labels } of batches(epoch)) {
        const count = labels.length;
        const { losses } = await step.run({
          features: { values: features, shape: [count, dim] },
          labels: { values: labels, shape: [count] },
          rates: ratesNow,
        });
        losses!.values.forEach((loss, i) => (sums[i]! += loss * count));
        images += count;
      }
      history.push(sums.map((sum) => sum / images));
    }
    const weights = program.state.read("weight").values;
    const biases = program.state.read("bias").values;
    return learningRates.map((_, rate) => ({
      weight: Float32Array.from({ length: dim * classes }, (_, i) => {
        const [row, column] = [Math.floor(i / classes), i % classes];
        return weights[(row * rates + rate) * classes + column]!;
      }),
      bias: Float32Array.from(biases.slice(rate * classes, (rate + 1) * classes)),
      losses: history.map((losses) => losses[rate]!),
    }));
  } finally {
    await program.dispose();
    store.dispose();
  }
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
