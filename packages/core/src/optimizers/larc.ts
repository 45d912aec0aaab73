import * as tf from "@tensorflow/tfjs";

import { defineOptimizer } from "./optimizer.ts";
import { decays, zeroSlots } from "./slots.ts";
import { updateEach } from "./update-each.ts";

export interface LarcOptions {
  readonly momentum: number;
  readonly weightDecay: number;
  readonly trustCoefficient: number;
  readonly excludeNormAndBias: boolean;
  readonly clip: boolean;
}

/** Keeps the denominator above zero, as in NVIDIA's apex. */
const EPSILON = 1e-8;

/**
 * SGD with momentum whose gradient is scaled layer by layer to the size of its weights, as SwAV has it:
 *
 *     ratio = trustCoefficient * |p| / (|g| + weightDecay * |p| + 1e-8)
 *     g    <- ratio * (g + weightDecay * p)           g alone, without decay, where |p| or |g| is 0
 *     v    <- momentum * v + g
 *     p    <- p - lr * v
 *
 * With `clip`, the ratio becomes `min(ratio / lr, 1)`: lr is then a bound on the rate of every layer.
 *
 * A parameter that starts at zero, such as a bias, so takes its first step along its plain gradient.
 * With `excludeNormAndBias`, biases, norms and embeddings always do.
 *
 * Differs from `lars` in two places: the two lengths below the ratio are added, where LARS takes the length
 * of the sum; and the learning rate stands outside the velocity, so a change of it acts at once.
 *
 * Reference: You, Gitman & Ginsburg 2017, https://arxiv.org/abs/1708.03888, in the form of NVIDIA's apex
 * (apex/parallel/LARC.py) around `torch.optim.SGD`, with which SwAV trains (facebookresearch/swav,
 * main_swav.py). The LARS of solo-learn and of lightly is this one too.
 */
export const larc = defineOptimizer<LarcOptions>({
  name: "larc",
  options: {
    type: "object",
    additionalProperties: false,
    required: ["momentum", "weightDecay", "trustCoefficient", "excludeNormAndBias", "clip"],
    properties: {
      momentum: {
        type: "number",
        minimum: 0,
        exclusiveMaximum: 1,
        default: 0.9,
        description: "Share of the velocity that stays at each step (SwAV).",
      },
      weightDecay: {
        type: "number",
        minimum: 0,
        default: 1e-6,
        description: "This times the weight is added to its gradient (SwAV).",
      },
      trustCoefficient: {
        type: "number",
        exclusiveMinimum: 0,
        default: 0.001,
        description:
          "Length of a layer's step as a share of the length of its weights, at learning rate 1 (SwAV).",
      },
      excludeNormAndBias: {
        type: "boolean",
        default: false,
        description:
          "Whether biases, norms and embeddings are neither scaled nor decayed (SwAV: no; solo-learn: yes).",
      },
      clip: {
        type: "boolean",
        default: false,
        description:
          "Whether the learning rate is a bound on the rate of every layer instead of a factor (SwAV: no).",
      },
    },
  },
  attach(store, parameters, { momentum, weightDecay, trustCoefficient, excludeNormAndBias, clip }) {
    const velocities = zeroSlots(store, parameters, "velocity");
    return {
      update(gradients, learningRate) {
        updateEach(parameters, gradients, (parameter, gradient) => {
          const { name, variable } = parameter;
          let g = gradient;
          if (decays(parameter, excludeNormAndBias)) {
            const [weightLength, gradientLength] = [tf.norm(variable), tf.norm(gradient)];
            const scalable = tf.logicalAnd(tf.greater(weightLength, 0), tf.greater(gradientLength, 0));
            const decay = tf.where(scalable, tf.scalar(weightDecay), tf.scalar(0));
            const below = tf.add(tf.add(gradientLength, tf.mul(weightLength, weightDecay)), EPSILON);
            const ratio = tf.div(tf.mul(weightLength, trustCoefficient), below);
            const factor = clip ? tf.minimum(tf.div(ratio, learningRate), 1) : ratio;
            g = tf.mul(tf.add(gradient, tf.mul(variable, decay)), tf.where(scalable, factor, tf.scalar(1)));
          }
          const velocity = velocities.get(name)!;
          velocity.assign(tf.add(tf.mul(velocity, momentum), g));
          variable.assign(tf.sub(variable, tf.mul(velocity, learningRate)));
        });
      },
    };
  },
});
