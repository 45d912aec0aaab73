// What an author of plugins, encoders and optimizers needs. Programs that train use "@tssl/core/run" too.

// Plugins: a method, or a term on top of one, and what its hooks take and give.
export type { EpochContext } from "./plugins/epoch-context.ts";
export {
  definePlugin,
  type LossTerm,
  type Metric,
  type OptionsSchema,
  type Phase,
  type PhaseMoment,
  type Plugin,
  type PluginRun,
  type Representation,
  type StepContext,
  type StepResult,
  type View,
  type ViewFacts,
} from "./plugins/plugin.ts";
export type { RunFacts } from "./plugins/run-facts.ts";
export type { Replicas } from "./state/replicas.ts";

// Options: parts of their schemas.
export { wholeNumber } from "./config/options-schema.ts";

// State of a run: networks, variables and inputs that a plugin makes, and schedules over its steps.
export type { Build } from "./plugins/build.ts";
export type { InputHandle, InputReader, StepInput } from "./plugins/inputs.ts";
export type { StepRandom } from "./plugins/step-random.ts";
export type { Bank } from "./state/bank.ts";
export { constant, cosine, type Schedule } from "./state/schedules.ts";

// Publications: what a method offers to the terms on top of it.
export { type EmbeddingSpace, embeddingSpace, type Query } from "./plugins/embedding-space.ts";
export { embeddings } from "./plugins/embeddings.ts";
export { definePublication, type Publication, published } from "./plugins/publication.ts";

// Losses and the arithmetic that they share.
export { infoNce } from "./losses/info-nce.ts";
export { l2Normalize } from "./losses/l2-normalize.ts";
export { percentile } from "./metrics/percentile.ts";

// Encoders, heads, and the layers that they are made of.
export { defineEncoder, type Encoder, type EncoderDefinition } from "./networks/encoder.ts";
export { batchNorm, convolution, dense, type Layer, type Mode } from "./networks/layers.ts";
export { layersModelEncoder } from "./networks/layers-model.ts";
export type { Network } from "./networks/network.ts";
export { type HeadDefinition, linearHead, mlpHead } from "./networks/projection-head.ts";
export type { Scope } from "./state/scope.ts";

// Optimizers of one's own.
export { defineOptimizer, type OptimizerDefinition } from "./optimizers/optimizer.ts";

// Operations that tfjs lacks, or has in a form that a recorded step cannot take.
export { relu, softmaxCrossEntropy, sparseSoftmaxCrossEntropy, withoutGradient } from "@tssl/engine";

// Errors: refusals that name the option, the rule and the value.
export { invalidOption, shapeMismatch, type TsslError } from "./errors.ts";
