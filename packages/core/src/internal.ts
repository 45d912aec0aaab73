// For packages of this repository alone: undocumented, and changed without notice. Programs use "@tssl/core/run".
export { messageOf } from "./errors.ts";
export { readFeatureSample } from "./evaluation/feature-sample.ts";
export type { NeighbourRow } from "./evaluation/neighbour-rows.ts";
export type { RunData } from "./evaluation/open-data.ts";
export { isDiskFull } from "./files/write-whole.ts";
export type { MetricsRow } from "./metrics/metrics-log.ts";
export { followMetrics } from "./metrics/metrics-tail.ts";
export { arrangePlugins, collectViews } from "./plugins/arrange.ts";
export { bottleneckOf } from "./run/bottleneck.ts";
export { type EvaluationDetail, newProgress, type RunHistory } from "./run/run-history.ts";
export { readRunRecord, type RunRecord, writeRunRecord } from "./run/run-record.ts";
export { bytes, count, duration, epochs, percent, points, short } from "./text/numbers.ts";
export { runFacts } from "./training/prepare-run.ts";
