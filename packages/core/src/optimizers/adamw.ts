import * as tf from "@tensorflow/tfjs";

import { defineOptimizer } from "./optimizer.ts";
import { decays, zeroSlots } from "./slots.ts";
import { updateEach } from "./update-each.ts";

export interface AdamwOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  readonly excludeNormAndBias: boolean;
}

/**
 * Adam with decoupled weight decay as `torch.optim.AdamW` has it:
 *
 *     p <- p * (1 - lr * weightDecay)
 *     m <- beta1 * m + (1 - beta1) * g,    v <- beta2 * v + (1 - beta2) * g²
 *     p <- p - lr / (1 - beta1^t) * m / (sqrt(v / (1 - beta2^t)) + epsilon)        t = 1, 2, …
 *
 * Reference: Loshchilov & Hutter 2019, https://arxiv.org/abs/1711.05101, alg. 2.
 *
 * @example
 * ```ts
 * import { createStateStore } from "../state/store.ts";
 *
 * const store = createStateStore();
 * const w = store.add("w", tf.scalar(1), { role: "weight", trained: true });
 * const options = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.5, excludeNormAndBias: false };
 * const optimizer = adamw.attach(store, store.trained(), options);
 * // The first step has the length of the learning rate, whatever the gradient: 1 * (1 - 0.1 * 0.5) - 0.1.
 * optimizer.update(new Map([["w", tf.scalar(7)]]), tf.scalar(0.1));
 * w; // => 0.85
 * ```
 */
export const adamw = defineOptimizer<AdamwOptions>({
  name: "adamw",
  options: {
    type: "object",
    additionalProperties: false,
    required: ["beta1", "beta2", "epsilon", "weightDecay", "excludeNormAndBias"],
    properties: {
      beta1: {
        type: "number",
        minimum: 0,
        exclusiveMaximum: 1,
        default: 0.9,
        description: "Share of the gradients' running mean that stays at each step (PyTorch's default).",
      },
      beta2: {
        type: "number",
        minimum: 0,
        exclusiveMaximum: 1,
        default: 0.999,
        description:
          "Share of the squared gradients' running mean that stays at each step (PyTorch's default).",
      },
      epsilon: {
        type: "number",
        exclusiveMinimum: 0,
        default: 1e-8,
        description: "Added to the root that a step is divided by (PyTorch's default).",
      },
      weightDecay: {
        type: "number",
        minimum: 0,
        default: 0.01,
        description:
          "Times the learning rate, the share of each weight that a step takes away (PyTorch's default).",
      },
      excludeNormAndBias: {
        type: "boolean",
        default: false,
        description:
          "Whether biases, norms and embeddings are left without weight decay (PyTorch decays them).",
      },
    },
  },
  attach(store, parameters, { beta1, beta2, epsilon, weightDecay, excludeNormAndBias }) {
    const firsts = zeroSlots(store, parameters, "firstMoment");
    const seconds = zeroSlots(store, parameters, "secondMoment");
    const count = store.add("optimizer.steps", tf.scalar(0), { role: "buffer", trained: false });
    return {
      update(gradients, learningRate) {
        tf.tidy(() => {
          count.assign(tf.add(count, 1));
          const firstCorrection = tf.sub(1, tf.pow(tf.scalar(beta1), count));
          const secondCorrection = tf.sub(1, tf.pow(tf.scalar(beta2), count));
          updateEach(parameters, gradients, (parameter, g) => {
            const { name, variable } = parameter;
            const first = firsts.get(name)!;
            const second = seconds.get(name)!;
            first.assign(tf.add(tf.mul(first, beta1), tf.mul(g, 1 - beta1)));
            second.assign(tf.add(tf.mul(second, beta2), tf.mul(tf.square(g), 1 - beta2)));
            const decay = decays(parameter, excludeNormAndBias) ? weightDecay : 0;
            const decayed =
              decay > 0 ? tf.mul(variable, tf.sub(1, tf.mul(learningRate, decay))) : (variable as tf.Tensor);
            const scale = tf.add(tf.sqrt(tf.div(second, secondCorrection)), epsilon);
            const rate = tf.div(learningRate, firstCorrection);
            variable.assign(tf.sub(decayed, tf.mul(tf.div(first, scale), rate)));
          });
        });
      },
    };
  },
});
