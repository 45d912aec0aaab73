import * as tf from "@tensorflow/tfjs";

import { defineOptimizer } from "./optimizer.ts";
import { decays, zeroSlots } from "./slots.ts";
import { updateEach } from "./update-each.ts";

export interface SgdOptions {
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
  readonly excludeNormAndBias: boolean;
}

/**
 * Stochastic gradient descent as `torch.optim.SGD` has it, without dampening:
 *
 *     g <- g + weightDecay * p
 *     v <- momentum * v + g
 *     p <- p - lr * (nesterov ? g + momentum * v : v)
 *
 * The learning rate stands outside the velocity, so a change of it acts at once. (TensorFlow has it inside.)
 *
 * @example
 * ```ts
 * import { createStateStore } from "../state/store.ts";
 *
 * const store = createStateStore();
 * const w = store.add("w", tf.scalar(1), { role: "weight", trained: true });
 * const options = { momentum: 0.9, nesterov: false, weightDecay: 0, excludeNormAndBias: false };
 * const optimizer = sgd.attach(store, store.trained(), options);
 * const gradients = new Map([["w", tf.scalar(1)]]);
 * optimizer.update(gradients, tf.scalar(0.1)); // the velocity is 1
 * optimizer.update(gradients, tf.scalar(0.1)); // and now 1.9
 * w; // => 0.71
 * ```
 */
export const sgd = defineOptimizer<SgdOptions>({
  name: "sgd",
  options: {
    type: "object",
    additionalProperties: false,
    required: ["momentum", "nesterov", "weightDecay", "excludeNormAndBias"],
    properties: {
      momentum: {
        type: "number",
        minimum: 0,
        exclusiveMaximum: 1,
        default: 0.9,
        description: "Share of the velocity that stays at each step (MoCo; PyTorch's default is 0).",
      },
      nesterov: {
        type: "boolean",
        default: false,
        description: "Whether the step looks ahead along the velocity (PyTorch's nesterov).",
      },
      weightDecay: {
        type: "number",
        minimum: 0,
        default: 0,
        description: "This times the weight is added to its gradient (PyTorch's default).",
      },
      excludeNormAndBias: {
        type: "boolean",
        default: false,
        description:
          "Whether biases, norms and embeddings are left without weight decay (PyTorch decays them).",
      },
    },
  },
  attach(store, parameters, { momentum, nesterov, weightDecay, excludeNormAndBias }) {
    const velocities = momentum > 0 ? zeroSlots(store, parameters, "velocity") : undefined;
    return {
      update(gradients, learningRate) {
        updateEach(parameters, gradients, (parameter, gradient) => {
          const { variable } = parameter;
          const decay = decays(parameter, excludeNormAndBias) ? weightDecay : 0;
          const g = decay > 0 ? tf.add(gradient, tf.mul(variable, decay)) : gradient;
          const velocity = velocities?.get(parameter.name);
          let direction = g;
          if (velocity !== undefined) {
            velocity.assign(tf.add(tf.mul(velocity, momentum), g));
            direction = nesterov ? tf.add(g, tf.mul(velocity, momentum)) : velocity;
          }
          variable.assign(tf.sub(variable, tf.mul(direction, learningRate)));
        });
      },
    };
  },
});
