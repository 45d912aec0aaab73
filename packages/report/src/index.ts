export {
  compareVariants,
  type ComparedRun,
  type ComparedVariant,
  type Comparison,
  COSTS,
  isAccuracy,
  type VariedOption,
} from "./comparison/comparison.ts";
export { type ComparisonPage, renderComparison } from "./comparison/comparison-page.ts";
export { differenceText, quantityLabel, quantityText } from "./comparison/quantity-text.ts";
export { readComparedRun } from "./comparison/read-compared-run.ts";
export { variedValueText } from "./comparison/variant-labels.ts";
export { type ComparisonVerdict, verdictOf } from "./comparison/verdict.ts";
export { type RunServer, serveRun } from "./live/serve-run.ts";
export { type ClustersPage, renderClusters, type ShownCluster } from "./report/clusters-page.ts";
export {
  type EmbeddedModel,
  type EncoderPage,
  encoderPage,
  type EncoderPageFacts,
} from "./report/encoder-page.ts";
export type { ExpectedStanding } from "./report/expected-standing.ts";
export { type KeptAccuracy } from "./report/kept-results.ts";
export { parameterTexts } from "./report/parameter-texts.ts";
export { previewGrid, renderPreview } from "./report/preview.ts";
export { readRecordedRun, recordedRunData } from "./report/recorded-run.ts";
export { type OverlaidRun, renderOverlay } from "./report/render-overlay.ts";
export { renderReport } from "./report/render-report.ts";
export type { ReportData, ViewGrid, ViewSample } from "./report/report-data.ts";
export { reportWriter } from "./report/report-writer.ts";
export { runPictures } from "./report/run-pictures.ts";
export { decideTheSame, decidingValues, valuesHash } from "./receipts/deciding-values.ts";
export { type Band, expectedCurve, meanInterval } from "./receipts/expected-curve.ts";
export type {
  CostReceipt,
  CurveReceipt,
  Differences,
  Measured,
  ParityReceipt,
  SeedCurve,
} from "./receipts/receipt.ts";
export { type MeasuredRow, readTable, RECEIPTS } from "./receipts/table.ts";
