export {
  differentiable,
  rawOp,
  relu,
  softmaxCrossEntropy,
  sparseSoftmaxCrossEntropy,
  withoutGradient,
} from "@tssl/engine";
export {
  byolView,
  evaluationView,
  mocoV1View,
  mocoV2View,
  type Recipe,
  simclrView,
  stronger,
  withSize,
} from "@tssl/augment-zoo";

export {
  type ErrorData,
  type ErrorDescription,
  invalidOption,
  shapeMismatch,
  TsslError,
  type TsslErrorCode,
  tsslErrors,
} from "./errors.ts";
export { candidateLogits } from "./losses/candidate-logits.ts";
export { infoNce, pretextAccuracy } from "./losses/info-nce.ts";
export { l2Normalize } from "./losses/l2-normalize.ts";
export { type AnyEncoder, defineEncoder, type Encoder, type EncoderDefinition } from "./networks/encoder.ts";
export { batchNorm, convolution, dense, type Layer, type Mode } from "./networks/layers.ts";
export { layersModelEncoder, type LayersModelEncoder } from "./networks/layers-model.ts";
export type { Network } from "./networks/network.ts";
export { type HeadDefinition, linearHead, mlpHead } from "./networks/projection-head.ts";
export {
  type CifarResnetOptions,
  resnet18,
  resnet20,
  resnet34,
  resnet50,
  type ResnetOptions,
} from "./networks/resnet.ts";
export type { Scope } from "./networks/scope.ts";
export { adamw, type AdamwOptions } from "./optimizers/adamw.ts";
export { lars, type LarsOptions } from "./optimizers/lars.ts";
export { type AnyOptimizer, defineOptimizer, type OptimizerDefinition } from "./optimizers/optimizer.ts";
export { constant, cosine, type Schedule, steps, warmup } from "./optimizers/schedules.ts";
export { sgd, type SgdOptions } from "./optimizers/sgd.ts";
export { type EmbeddingSpace, embeddingSpace, type WeakQuery } from "./plugins/embedding-space.ts";
export {
  type AnyPlugin,
  CONTRACT_VERSION,
  definePlugin,
  type LossTerm,
  type OptionsSchema,
  type Plugin,
  type PluginRun,
  type StepContext,
  type StepResult,
  type View,
  type ViewFacts,
} from "./plugins/plugin.ts";
export type { RunFacts } from "./plugins/run-facts.ts";
export { definePublication, type Publication, published } from "./plugins/publication.ts";
export type { Build } from "./state/build.ts";
export {
  compareVariants,
  type ComparedRun,
  type ComparedVariant,
  type Comparison,
  COSTS,
} from "./comparison/comparison.ts";
export { type ComparisonPage, renderComparison } from "./comparison/comparison-page.ts";
export { differenceText, quantityLabel, quantityText } from "./comparison/quantity-text.ts";
export { COMPARED_LINEAR, readComparedRun } from "./comparison/read-compared-run.ts";
export { runTraining, type TrainingOptions } from "./compose.ts";
export { type ConfigOption, configOptions } from "./config/config-options.ts";
export { configSchema } from "./config/config-schema.ts";
export { engineOptions, programOptions } from "./config/engine-options.ts";
export { allowedValues, type OptionSchema } from "./config/options-schema.ts";
export { parseConfig, type Registry, type RunConfig } from "./config/parse-config.ts";
export { didYouMean } from "./config/problems.ts";
export { type ConfigFile, importModule, readConfigFile } from "./config/read-config-file.ts";
export type { LearningSettings, RunSettings } from "./config/run-config.ts";
export type { ImageSet } from "./data/image-set.ts";
export { readImages } from "./data/read-images.ts";
export { shardPattern } from "./data/shards/shard-plan.ts";
export { writeShards } from "./data/shards/write-shards.ts";
export { classify, extractBoth, type KnnData, type KnnEvaluation } from "./evaluation/evaluate-knn.ts";
export type { Classification } from "./evaluation/classification.ts";
export {
  evaluateLinear,
  linearData,
  type LinearOptions,
  type LinearResult,
  probeLearningRates,
  requireFraction,
} from "./evaluation/evaluate-linear.ts";
export { extractFeatures, type Features } from "./evaluation/extract-features.ts";
export { evaluationImages } from "./evaluation/images.ts";
export { spread } from "./evaluation/spread.ts";
export { knn, type KnnOptions, type KnnResult, nearestNeighbours } from "./evaluation/knn.ts";
export {
  assessHealth,
  type HealthFinding,
  type HealthLevel,
  type HealthRecord,
} from "./health/assess-health.ts";
export { type QueueLevel, runHealth, type RunHealth } from "./health/run-health.ts";
export { inspectRun, type RunInspection } from "./inspect/inspect-run.ts";
export { type RunServer, serveRun } from "./live/serve-run.ts";
export { openData } from "./data/open-data.ts";
export type { ViewGrid, ViewSample } from "./report/report-data.ts";
export { previewGrid, renderPreview, viewsOf } from "./report/preview.ts";
export { readRecordedRun, recordedRunData } from "./report/recorded-run.ts";
export { type OverlaidRun, renderOverlay } from "./report/render-overlay.ts";
export { renderReport } from "./report/render-report.ts";
export type { ReportData } from "./report/report-data.ts";
export { runPictures } from "./report/run-pictures.ts";
export { type NotFiniteOp } from "./replay/watch-finite.ts";
export { type Replay, type ReplayedTensor, replayStep } from "./replay/replay-step.ts";
export { type FailedStep, readFailedStep } from "./run/failed-step.ts";
export { loadEncoder, type LoadedEncoder, readRunConfig } from "./run/load-encoder.ts";
export { readMetrics } from "./run/metrics-log.ts";
export { configFileOf, metricsFileOf, readRunContent } from "./run/run-folder.ts";
export { readOutcome, type SavedOutcome } from "./run/outcome-file.ts";
export { decodeSafetensors, type NamedArray } from "./run/safetensors.ts";
export { notFiniteScalars } from "./training/not-finite.ts";
export { writeWhole } from "./run/write-whole.ts";
export type { Bottleneck, Stage } from "./training/bottleneck.ts";
export type { MemoryForecast } from "./training/memory-forecast.ts";
export type { RunObserver, RunOutcome, RunStart, StepProgress } from "./training/observer.ts";
export { TSSL_VERSION } from "./version.ts";
