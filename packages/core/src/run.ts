// What a program that trains, resumes, evaluates or reads runs needs.

// Training: a run from a config to its end, who watches it, and what it works with.
export type { Bottleneck, Stage } from "./run/bottleneck.ts";
export { type CheckpointStore, folderCheckpoints } from "./run/checkpoint-store.ts";
export { countKinds, kindsOf } from "./run/corrupt-reasons.ts";
export type { MemoryForecast } from "./run/memory-forecast.ts";
export type { EndedRun, RunObserver, RunOutcome, RunStart, StepProgress } from "./run/observer.ts";
export { type FollowingOptions, followTraining } from "./running/follow-training.ts";
export { runTraining } from "./running/run-training.ts";
export { type BindServices, services } from "./running/services.ts";
export type { ProcessesOptions, TrainingOptions } from "./running/training-options.ts";

// Configs: what a file holds, what it stands for, and the schema for editors.
export { type ConfigOption, configOptions } from "./config/config-options.ts";
export { configSchema } from "./config/config-schema.ts";
export { decodingOf } from "./config/decoding-of.ts";
export { engineOptions, programOptions } from "./config/engine-options.ts";
export { parseConfig, type RunConfig } from "./config/parse-config.ts";
export { type ConfigFile, readConfigFile } from "./config/read-config-file.ts";
export type { Registry } from "./config/registry.ts";
export type { LearningSettings, RunSettings } from "./config/run-settings.ts";

// Encoders and optimizers to train with.
export { convnextTiny } from "./networks/convnext.ts";
export type { AnyEncoder } from "./networks/encoder.ts";
export {
  type BottleneckOptions,
  type CifarResnetOptions,
  resnet18,
  resnet20,
  resnet34,
  resnet50,
  type ResnetOptions,
} from "./networks/resnet.ts";
export { vitBase, type VitOptions, vitSmall, vitTiny } from "./networks/vit.ts";
export { adamw, type AdamwOptions } from "./optimizers/adamw.ts";
export { larc, type LarcOptions } from "./optimizers/larc.ts";
export { lars, type LarsOptions } from "./optimizers/lars.ts";
export type { AnyOptimizer } from "./optimizers/optimizer.ts";
export { sgd, type SgdOptions } from "./optimizers/sgd.ts";
export type { AnyPlugin } from "./plugins/plugin.ts";

// Images: folders, lists and tar shards.
export type { DataLedger, LeftOut, LeftOutReason } from "./data/data-ledger.ts";
export type { ImageSet } from "./data/image-set.ts";
export { readImages } from "./data/read-images.ts";
export { writeShards } from "./data/shards/write-shards.ts";
export { openData, type RunData } from "./evaluation/open-data.ts";
export { viewsOf } from "./training/views-of.ts";

// Evaluation: a trained encoder, its features, kNN, a linear probe, a linear SVM, fine-tuning.
export { type ClassBalance, classBalance } from "./evaluation/class-balance.ts";
export type { Classification } from "./evaluation/classification.ts";
export { classify, extractBoth, type KnnData, type KnnEvaluation } from "./evaluation/evaluate-knn.ts";
export { evaluateLinear } from "./evaluation/evaluate-linear.ts";
export { evaluateSvm, type SvmOptions, type SvmResult } from "./evaluation/evaluate-svm.ts";
export { extractFeatures, type Features, type ImageFeatures } from "./evaluation/extract-features.ts";
export type { FineTuneResult } from "./evaluation/fine-tune-result.ts";
export { evaluationImages } from "./evaluation/images.ts";
export { knn, type KnnOptions, type KnnResult, nearestNeighbours } from "./evaluation/knn.ts";
export { linearData } from "./evaluation/linear-data.ts";
export type { LinearOptions } from "./evaluation/linear-options.ts";
export type { LinearResult } from "./evaluation/linear-result.ts";
export type { SvmData } from "./evaluation/svm-data.ts";
export type { FineTunePoint, FineTuneState } from "./run/kept-fine-tuning.ts";
export type { EvaluatedEncoder } from "./training/compile-encoder.ts";
export { fineTune, type FineTuneKeeping, type FineTuneOptions } from "./training/fine-tune.ts";
export { loadEncoder, type LoadedEncoder } from "./training/load-encoder.ts";
export { type EncoderRegistry, readRunConfig, type TrainableEncoder } from "./training/make-encoder.ts";
export { loadUntrainedEncoder } from "./training/untrained-encoder.ts";

// A run folder, while the run goes on and after: its files, its health, a step taken again.
export { decodeSafetensors, type NamedArray } from "./files/safetensors.ts";
export type { HealthFinding, HealthLevel } from "./health/health-finding.ts";
export { type QueueLevel, runHealth, type RunHealth } from "./health/run-health.ts";
export { forecastRun, type RunForecast } from "./inspect/forecast-run.ts";
export { inspectRun, type RunInspection } from "./inspect/inspect-run.ts";
export { readMetrics } from "./metrics/metrics-log.ts";
export type { MetricsRow } from "./metrics/metrics-row.ts";
export { type Replay, type ReplayedTensor, replayStep } from "./replay/replay-step.ts";
export type { NotFiniteOp } from "./replay/watch-finite.ts";
export type { Checkpoint, CheckpointFacts } from "./run/checkpoint.ts";
export { type FailedStep, readFailedStep } from "./run/failed-step.ts";
export { readOutcome, type SavedOutcome } from "./run/outcome-file.ts";
export type { PlanFinding } from "./run/plan-finding.ts";
export { configFileOf, metricsFileOf, readRunContent } from "./run/run-folder.ts";
export type { RunHistory } from "./run/run-history.ts";
export { readRunRecord, type RunRecord } from "./run/run-record.ts";
export type { Snapshot } from "./run/snapshot.ts";

// Errors: their codes with what each means, and this version.
export {
  type ErrorData,
  type ErrorDescription,
  TsslError,
  type TsslErrorCode,
  tsslErrors,
} from "./errors.ts";
export { TSSL_VERSION } from "./version.ts";
