export {
  assertClose,
  collectGarbage,
  fill,
  type Generated,
  generated,
  generatedAll,
  type Numbers,
  numbersOf,
  numericGradient,
  readGolden,
  relativeError,
  tensorsLeft,
} from "@tssl/engine/testing";

export { type PluginCheck, pluginChecks, type PluginTestOptions } from "./conformance/plugin-checks.ts";
export { testPlugin } from "./conformance/test-plugin.ts";
export {
  type EncoderCheck,
  encoderChecks,
  type EncoderTestOptions,
} from "./encoder-conformance/encoder-checks.ts";
export { testEncoder } from "./encoder-conformance/test-encoder.ts";
export type { UsedPlugin } from "./conformance/subject.ts";
export {
  assertGoldenSteps,
  type GoldenCase,
  type GoldenDifferences,
  goldenDifferences,
  goldenBank,
  type GoldenBankSteps,
  goldenIndices,
  goldenModes,
  type GoldenSteps,
  goldenTolerance,
  goldenUnitRows,
} from "./golden-steps.ts";
export { setGoldenWeights } from "./golden-weights.ts";
export { assertProbe, type Probe, probeDifference } from "./probe.ts";
export { assertModesAgree, modes } from "./modes.ts";
export { meanColour } from "./pull-to-zero.ts";
export { refusal, refusedWith } from "./refusal.ts";
export { runRecordings } from "./run-recordings.ts";
export { schemaRefusals } from "./schema-refusals.ts";
export { startingFromRows } from "./starting-from-rows.ts";
export { smallConvNet } from "./small-conv-net.ts";
export { temporaryFolder, type TemporaryFolder } from "./temporary-folder.ts";
export { unitRows } from "./unit-rows.ts";
export { stepDescription, stepPart, testRun, type TestRun } from "./test-run.ts";
