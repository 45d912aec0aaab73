import { engineOptions, programOptions, type RunSettings } from "@tssl/core/run";
import { type EngineMode, type Precision, startEngine } from "@tssl/engine";

/** How an encoder is compiled. */
export interface CompileOptions {
  readonly mode: EngineMode;
  readonly precision: Precision;
}

/** Starts the engine as a config says, and tells how an encoder is compiled with it. */
export async function startEngineFor(settings: RunSettings["engine"]): Promise<CompileOptions> {
  const engine = await startEngine(engineOptions(settings));
  const { mode, precision } = programOptions(settings, engine);
  return { mode: mode.mode, precision };
}
