import * as tf from "@tensorflow/tfjs";

import { defineOptimizer } from "./optimizer.ts";
import { decays, zeroSlots } from "./slots.ts";
import { updateEach } from "./update-each.ts";

export interface LarsOptions {
  readonly momentum: number;
  readonly weightDecay: number;
  readonly trustCoefficient: number;
  readonly excludeNormAndBias: boolean;
}

/**
 * SGD with momentum whose step is scaled layer by layer to the size of the layer's weights:
 *
 *     g     <- g + weightDecay * w
 *     ratio  = trustCoefficient * |w| / |g|           1 where either length is 0
 *     v     <- momentum * v + lr * ratio * g
 *     w     <- w - v
 *
 * Biases, norms and embeddings are neither scaled nor decayed: g and ratio are the plain gradient and 1
 * (`excludeNormAndBias`).
 *
 * Reference: You, Gitman & Ginsburg 2017, https://arxiv.org/abs/1708.03888, alg. 1, in SimCLR's form (no
 * weight decay term of its own in the denominator). The learning rate stands inside the velocity, as in both.
 * `larc` is the form of PyTorch ports, which have it outside, and can bound the rate of every layer.
 *
 * @example
 * ```ts
 * import { createStateStore } from "../state/store.ts";
 *
 * const store = createStateStore();
 * const w = store.add("w", tf.tensor1d([3, 4]), { role: "weight", trained: true });
 * const plain = { momentum: 0, weightDecay: 0, excludeNormAndBias: true };
 * const optimizer = lars.attach(store, store.trained(), { ...plain, trustCoefficient: 0.1 });
 * // A tenth of the weights' length, 5, in the gradient's direction: however long the gradient is.
 * optimizer.update(new Map([["w", tf.tensor1d([0, 200])]]), tf.scalar(1));
 * w; // => [3, 3.5]
 * ```
 */
export const lars = defineOptimizer<LarsOptions>({
  name: "lars",
  options: {
    type: "object",
    additionalProperties: false,
    required: ["momentum", "weightDecay", "trustCoefficient", "excludeNormAndBias"],
    properties: {
      momentum: {
        type: "number",
        minimum: 0,
        exclusiveMaximum: 1,
        default: 0.9,
        description: "Share of the velocity that stays at each step (SimCLR, BYOL).",
      },
      weightDecay: {
        type: "number",
        minimum: 0,
        default: 1e-6,
        description: "This times the weight is added to its gradient (SimCLR).",
      },
      trustCoefficient: {
        type: "number",
        exclusiveMinimum: 0,
        default: 0.001,
        description:
          "Length of a layer's step as a share of the length of its weights, at learning rate 1 (paper: " +
          "eta).",
      },
      excludeNormAndBias: {
        type: "boolean",
        default: true,
        description: "Whether biases, norms and embeddings are neither scaled nor decayed (SimCLR, BYOL).",
      },
    },
  },
  attach(store, parameters, { momentum, weightDecay, trustCoefficient, excludeNormAndBias }) {
    const velocities = zeroSlots(store, parameters, "velocity");
    return {
      update(gradients, learningRate) {
        updateEach(parameters, gradients, (parameter, gradient) => {
          const { name, variable } = parameter;
          let step: tf.Tensor = tf.mul(gradient, learningRate);
          if (decays(parameter, excludeNormAndBias)) {
            const g = tf.add(gradient, tf.mul(variable, weightDecay));
            const ratio = trustRatio(variable, g, trustCoefficient);
            step = tf.mul(g, tf.mul(learningRate, ratio));
          }
          const velocity = velocities.get(name)!;
          velocity.assign(tf.add(tf.mul(velocity, momentum), step));
          variable.assign(tf.sub(variable, velocity));
        });
      },
    };
  },
});

function trustRatio(weights: tf.Tensor, gradient: tf.Tensor, coefficient: number): tf.Tensor {
  const weightLength = tf.norm(weights);
  const gradientLength = tf.norm(gradient);
  const usable = tf.logicalAnd(tf.greater(weightLength, 0), tf.greater(gradientLength, 0));
  // Where it is not usable the quotient may be NaN; `where` only passes the branch that is taken.
  return tf.where(usable, tf.div(tf.mul(weightLength, coefficient), gradientLength), tf.scalar(1));
}
