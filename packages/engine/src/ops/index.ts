export { batchNormInference, type BatchNormState, batchNormTraining } from "./batch-norm.ts";
export { conv2d, type Conv2dOptions } from "./conv2d.ts";
export { differentiable, withoutGradient } from "./differentiable.ts";
export { globalAveragePool } from "./global-average-pool.ts";
export { maxPool2d, type MaxPool2dOptions } from "./max-pool2d.ts";
export { type Attribute, attribute, fromBytes, rawOp } from "./raw-op.ts";
export { recomputed } from "./recomputed.ts";
export { relu } from "./relu.ts";
export { softmaxCrossEntropy, sparseSoftmaxCrossEntropy } from "./softmax-cross-entropy.ts";
