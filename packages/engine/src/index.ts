export * from "./ops/index.ts";
export { type EngineInfo, type EngineOptions, startEngine } from "./start.ts";
export { checkEngine, type EngineCheck, type EngineProblem } from "./check.ts";
export { EngineError, type EngineErrorCode } from "./errors.ts";
export { setupEngine, type SetupOptions, type SetupResult } from "./setup/setup.ts";
