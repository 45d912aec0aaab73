// For the packages of this repository alone: undocumented, changed without notice. Programs use "@tssl/core/run".

export { allowedValues, type OptionSchema } from "./config/options-schema.ts";
export { didYouMeanElsewhere, invalidConfig, type Problem } from "./config/problems.ts";
export type { LoadedModule, ModuleCode } from "./config/load-module.ts";
export { shardPattern } from "./data/shards/shard-plan.ts";
export { messageOf } from "./errors.ts";
export { evaluationOptions } from "./evaluation/images.ts";
export { probeLearningRates, requireFraction } from "./evaluation/evaluate-linear.ts";
export { readFeatureSample } from "./evaluation/feature-sample.ts";
export type { NeighbourRow } from "./evaluation/neighbour-rows.ts";
export { spread } from "./evaluation/spread.ts";
export { isDiskFull, writeWhole } from "./files/write-whole.ts";
export { addAuthorFiles } from "./files/author-files.ts";
export { followMetrics } from "./metrics/metrics-tail.ts";
export { partsPerStep } from "./plugins/run-facts.ts";
export { bottleneckOf } from "./run/bottleneck.ts";
export { type EvaluationDetail, newProgress } from "./run/run-history.ts";
export { loadUserModule, originalOf } from "./run/kept-code.ts";
export { writeRunRecord } from "./run/run-record.ts";
export { liesIn } from "./state/lies-in.ts";
export { didYouMean } from "./text/did-you-mean.ts";
export { bytes, count, duration, epochs, percent, points, short } from "./text/numbers.ts";
