// For the packages of this repository alone: undocumented, changed without notice. Programs use
// "@tssl/core/run".

export { evaluationSources, type NamedSource } from "./config/evaluation-sources.ts";
export { requireThreads } from "./config/require-threads.ts";
export { allowedValues } from "./config/options-schema.ts";
export { joinedNote, splitsNotice, whyNoClasses } from "./data/what-to-tell.ts";
export { channelStatistics, type MeasuredChannels } from "./data/channel-statistics.ts";
export { findImages } from "./data/read-images.ts";
export { prefetch } from "./data/prefetch.ts";
export { readMultiLabel } from "./data/read-multi-label.ts";
export { isVocFolder } from "./data/voc-folder.ts";
export { type Found, type ImageSurvey, type Overlap, surveyImages } from "./data/survey.ts";
export type { Sides } from "./data/sides.ts";
export { leftOutText } from "./data/ledger-text.ts";
export { isSection, type Section } from "./config/section.ts";
export { definedKind, type DefinitionKind, withArticle } from "./config/defined-kind.ts";
export { parseYaml } from "./config/parse-yaml.ts";
export { parseEncoder, parseSettings } from "./config/parse-config.ts";
export { didYouMeanElsewhere, invalidConfig, type Problem } from "./config/problems.ts";
export type { LoadedModule, ModuleCode } from "./config/load-module.ts";
export { definitionsIn, withNewDefaults } from "./config/with-new-defaults.ts";
export { shardPattern } from "./data/shards/shard-plan.ts";
export { messageOf } from "./errors.ts";
export { knnDataOf, undecodable } from "./evaluation/evaluate-knn.ts";
export { chanceLoss, diverges } from "./evaluation/choose-rate.ts";
export type { CheckpointScore } from "./evaluation/checkpoint-score.ts";
export { FEATURES } from "./evaluation/compile-features.ts";
export { requireFinite } from "./evaluation/extract-features.ts";
export { rowsOf } from "./state/rows-of.ts";
export { fineTuneDefaults, fineTuneRates } from "./evaluation/fine-tune-result.ts";
export {
  decodingIn,
  evaluationOptions,
  type EvaluationImagesOptions,
  type PixelValues,
} from "./evaluation/images.ts";
export { overlapNotes } from "./evaluation/overlap-notes.ts";
export { fingerprintOf } from "./data/fingerprint.ts";
export { similaritySearch } from "./evaluation/similarity-search.ts";
export { neighboursAmong } from "./evaluation/knn.ts";
export { requireEnough, svmData, svmImages } from "./evaluation/svm-data.ts";
export { type SvmProtocolName, svmProtocols } from "./evaluation/svm-protocol.ts";
export { type LinearProtocolName, linearProtocols } from "./evaluation/linear-protocols.ts";
export { probeSchedules, type ProbeScheduleName } from "./evaluation/probe-schedules.ts";
export { requireFraction } from "./evaluation/evaluate-linear.ts";
export { probeDefaults } from "./evaluation/linear-options.ts";
export { type FeatureSample, readFeatureSample } from "./evaluation/feature-sample.ts";
export type { NeighbourRow } from "./evaluation/neighbour-rows.ts";
export { spread } from "./evaluation/spread.ts";
export { requireNewFolder } from "./run/run-folder.ts";
export { requireEmptyFolder, whyNoFileAt, whyNoFolderAt, writeOutput } from "./files/output-place.ts";
export { checkedJson, readJsonFile } from "./files/json-file.ts";
export { isMissing } from "./files/is-missing.ts";
export { readInto, readRegularFile } from "./files/regular-file.ts";
export { namesIn } from "./files/names-in.ts";
export {
  anything,
  listOf,
  moment,
  number,
  object,
  recordOf,
  type Shape,
  share,
  text,
  trueOrFalse,
  whole,
} from "./files/shapes.ts";
export { isDiskFull, writeWhole } from "./files/write-whole.ts";
export { addAuthorFiles } from "./files/author-files.ts";
export { healthRows } from "./health/health-rows.ts";
export { openMetricsLog } from "./metrics/metrics-log.ts";
export { thinned } from "./metrics/thinned.ts";
export { followMetrics } from "./metrics/metrics-tail.ts";
export { meanOf } from "./metrics/mean-of.ts";
export { luckyDifference } from "./metrics/lucky-difference.ts";
export { partsPerStep } from "./plugins/run-facts.ts";
export {
  type EvaluatedImages,
  type FineTuneSettings,
  type KeptEvaluation,
  type KeptFineTune,
  type KeptKnn,
  keptScores,
  type KeptSvm,
  type LinearSettings,
  type SvmSettings,
} from "./run/kept-evaluation.ts";
export { keepEvaluation, type KeptEvaluations, readKeptEvaluations } from "./run/kept-evaluations.ts";
export { availableBytes, stepMemory } from "./run/memory-forecast.ts";
export type { RunEnvironment } from "./run/checkpoint.ts";
export { environmentOf } from "./run/environment-of.ts";
export { type KeptFineTuning, openFineTuning } from "./run/kept-fine-tuning.ts";
export { describeEnvironmentChange } from "./run/resume.ts";
export { saveInterval } from "./run/save-interval.ts";
export { bottleneckOf } from "./run/bottleneck.ts";
export { newProgress } from "./run/run-history.ts";
export { keptModule, loadUserModule, originalOf, readKeptText } from "./run/kept-code.ts";
export { isKnown, type Known, rememberKnown } from "./run/known-to-user.ts";
export { untrustedCode, untrustedServers } from "./messages/untrusted.ts";
export { findRunRecord, writeRunRecord } from "./run/run-record.ts";
export { fileDamaged, imageOutsideSet } from "./messages/damaged-files.ts";
export { fileUnreadable } from "./messages/run-folder.ts";
export { noRegularFile } from "./messages/config.ts";
export { contentIn, readConfigText, readKeptImages, titleIn } from "./run/run-folder.ts";
export { liesIn } from "./state/lies-in.ts";
export { csvCell } from "./text/csv-cell.ts";
export { asFileName } from "./text/file-name.ts";
export { inShell } from "./text/in-shell.ts";
export { withoutSecretsIn } from "./text/without-secrets.ts";
export { representationOf } from "./run/encoder-facts.ts";
export { compileBorrowed, compileEncoder } from "./training/compile-encoder.ts";
export { type RestoredEncoder, restoreEncoder } from "./training/load-encoder.ts";
export { makeEncoder, makeEncoderOf, type MadeEncoder, trainableEncoder } from "./training/make-encoder.ts";
export { encodeSafetensors, type WritableArray } from "./files/safetensors.ts";
export { normalizeImages } from "./networks/normalize-images.ts";
export { detectronName } from "./networks/weights/weight-names.ts";
export { convnext } from "./networks/convnext.ts";
export { vit, type VitShape } from "./networks/vit.ts";
export { architectureOf, encoderSectionOf } from "./networks/weights/architecture.ts";
export { architectureIn } from "./networks/weights/load-weights.ts";
export { readWeights, type Weights } from "./networks/weights/read-weights.ts";
export { permuted, type TorchArray, torchShape, toTorch } from "./networks/weights/torch-array.ts";
export { didYouMean } from "./text/did-you-mean.ts";
export { onOneLine, visibleText } from "@tssl/augment-zoo";
export {
  bytes,
  count,
  counted,
  duration,
  epochs,
  percent,
  points,
  short,
  signedPoints,
} from "./text/numbers.ts";
export { listed } from "./text/listed.ts";
export { shownValue } from "./text/shown-value.ts";
