export * from "./ops/index.ts";
export { type EngineInfo, type EngineOptions, startEngine } from "./start.ts";
