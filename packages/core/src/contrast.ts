// Embeddings and what they are compared with: for methods that tell images apart.

// Rows of the batch, on all replicas.
export { leavingOut } from "./losses/candidate-logits.ts";
export { ownRows } from "./state/own-rows.ts";
export { worldOfOne } from "./state/replicas.ts";

// The logits of queries and candidates, and how often the positive is nearest.
export { candidateLogits } from "./losses/candidate-logits.ts";
export { pretextAccuracy } from "./losses/info-nce.ts";

// A bank with one row for each image.
export {
  instanceSoftmax,
  type InstanceSoftmaxInput,
  type InstanceSoftmaxResult,
  sampledSoftmax,
} from "./losses/instance-softmax.ts";
export { ownIsNearest, sampledLogits, type SampledRows } from "./losses/sampled-logits.ts";
export {
  type BankCandidates,
  type BankContrast,
  bankContrast,
  type BankContrastOptions,
  type BankSample,
  bankSample,
  bankWrite,
} from "./plugins/bank-contrast.ts";

// The keys of a momentum encoder, and a queue of earlier ones.
export { mocoHead } from "./networks/projection-head.ts";
export { type KeyContrast, type KeyQueue, keyQueue, type KeyQueueOptions } from "./plugins/key-queue.ts";
export {
  type EmbedKeys,
  keyEmbedding,
  type ShuffleBnOptions,
  shuffleBnSchema,
} from "./plugins/shuffle-bn.ts";

// Crops of two sizes: SwAV's views, their options and their embeddings.
export {
  embedCrops,
  largeCrops,
  type MultiCropOptions,
  multiCropSchema,
  multiCropViews,
} from "./plugins/multi-crop.ts";
