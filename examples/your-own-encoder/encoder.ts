import { layersModelEncoder } from "@tssl/core";
import * as tf from "@tensorflow/tfjs";

const convolutionBlock = (filters: number, strides: number, more: object = {}) => [
  tf.layers.conv2d({ filters, kernelSize: 3, strides, padding: "same", useBias: false, ...more }),
  tf.layers.batchNormalization({ momentum: 0.9 }),
  tf.layers.reLU(),
];

/**
 * A plain convolutional network of tfjs layers. Height and width are not fixed, because CLSA's strong views
 * are smaller.
 */
export default layersModelEncoder({
  name: "plain-convolutional",
  model: () =>
    tf.sequential({
      layers: [
        ...convolutionBlock(32, 1, { inputShape: [null, null, 3] }),
        ...convolutionBlock(64, 2),
        ...convolutionBlock(128, 2),
        tf.layers.globalAveragePooling2d({}),
      ],
    }),
});
