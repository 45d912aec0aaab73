import * as tf from "@tensorflow/tfjs";

import { defineEncoder } from "../networks/encoder.ts";
import { dense } from "../networks/layers.ts";
import { linearHead } from "../networks/projection-head.ts";
import { definePlugin, type PluginRun, type StepContext, type StepResult } from "../plugins/plugin.ts";
import type { Build } from "../plugins/build.ts";
import type { Network } from "../networks/network.ts";

const noOptions = { type: "object", additionalProperties: false, required: [], properties: {} } as const;

/**
 * The mean colour of an image through one dense layer: no batch norm, so that the rows of a batch know
 * nothing of each other.
 */
export const meanColour = defineEncoder<object>({
  name: "mean-colour",
  options: noOptions,
  build(scope) {
    const layer = dense(scope, "fc", { from: 3, to: 4 });
    return { featureDim: 4, forward: (images, mode) => layer(tf.mean<tf.Tensor2D>(images, [1, 2]), mode) };
  },
});

/** The smallest method: one network, one view "image", and the mean square of its embeddings as loss. */
export function pullToZero(
  name: string,
  more: (parts: { build: Build; network: Network }) => {
    step?: (context: StepContext) => Partial<StepResult>;
    run?: Partial<PluginRun>;
  } = () => ({}),
) {
  return definePlugin<object>({
    name,
    options: noOptions,
    views: () => ({ image: { recipe: [{ op: "centerCrop", size: 4 }] } }),
    setup(build) {
      const network = build.network("network", { head: linearHead({ dim: 2 }) });
      const { step, run } = more({ build, network });
      return {
        network,
        step(context) {
          const loss = tf.mean<tf.Scalar>(tf.square(network.embed(context.views["image"]!)));
          return { terms: { size: { loss } }, ...step?.(context) };
        },
        ...run,
      };
    },
  });
}
