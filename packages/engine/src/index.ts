export * from "./ops/index.ts";
export type { EngineInfo, EngineOptions } from "./engine-options.ts";
export { freeAddress, isLoopback } from "./processes/address.ts";
export type { ProcessGroup } from "./processes/process-group.ts";
export { startEngine, startRecorder, usesDevice } from "./start.ts";
export { checkEngine, type EngineCheck, type EngineProblem } from "./check.ts";
export { visibleCards } from "./cuda-driver.ts";
export { EngineError, type EngineErrorCode, engineErrors, messageOf } from "./errors.ts";
export { type FileLock, type HeldLock, takeFileLock } from "./file-lock.ts";
export { keepGpuTest, lastGpuTest } from "./gpu-test-result.ts";
export { cacheFolder } from "./setup/cache-folder.ts";
export { makeFolders } from "./make-folders.ts";
export type { GpuMachine } from "./setup/gpu-machine.ts";
export { type GpuSetupOptions, type GpuSetupResult, machineText, setupGpu } from "./setup/gpu-setup.ts";
export { setupEngine, type SetupOptions, type SetupResult } from "./setup/setup.ts";
export { computeFirst } from "./compile/compute-first.ts";
export { DATA_TYPE, type HostTensor, type HostValues } from "./compile/data-types.ts";
export type { AttributeMessage, NodeMessage } from "./compile/graph-messages.ts";
export { type ChosenMode, chooseMode, type EngineMode } from "./compile/mode.ts";
export type { Precision } from "./compile/mixed-precision.ts";
export { optimizerState } from "./compile/optimizer-state.ts";
export type { ProgramState } from "./compile/program-state.ts";
export type {
  CompiledStep,
  HostTensors,
  LoadedCall,
  Program,
  Step,
  StepOptions,
  StepSize,
} from "./compile/compiled-step.ts";
export { type RecordedValue, type Recording, recordStep } from "./compile/record.ts";
export {
  type CompileNotice,
  createProgram,
  type ProgramOptions,
  requireReplicasIn,
} from "./compile/program.ts";
export { type ChromeTrace, chromeTrace, type TraceEvent, valueText } from "./inspect/chrome-trace.ts";
export type {
  Amounts,
  ConstantFigures,
  GraphFigures,
  OpTypeFigures,
  StateFigures,
} from "./inspect/graph-figures.ts";
export { type ForecastOptions, forecastStep, type StepForecast } from "./inspect/forecast-step.ts";
export { type PjrtDevice, pjrtDevice } from "./pjrt/process-client.ts";
export { type Card, type CardName, CARDS } from "./pjrt/cards.ts";
export { type InspectOptions, inspectStep, type StepInspection } from "./inspect/inspect-step.ts";
export type { NodeFigures, Pass } from "./inspect/node-figures.ts";
export type { TracedOp } from "./inspect/step-trace.ts";
export { type RanOp, watchOps } from "./inspect/watch-ops.ts";
export { sourceLines } from "./inspect/source-line.ts";
export { type LivingTensor, type TensorWatch, watchTensors } from "./watch-tensors.ts";
export type { Cost, LineCost, Overlap, PassCost, TypeCost } from "./inspect/trace-figures.ts";
