import type { EngineMode } from "../compile/mode.ts";
import { cpuPlugin } from "./cpu-plugin.ts";

/**
 * The modes that tests take compiled steps in: "pjrt" where the plugin of a CPU can be had. From then on
 * programs in that mode use it.
 */
export async function compiledModes(): Promise<readonly Exclude<EngineMode, "eager">[]> {
  process.env["TSSL_PJRT_PLUGIN"] ??= (await cpuPlugin()) ?? "";
  return process.env["TSSL_PJRT_PLUGIN"] === "" ? ["graph", "xla"] : ["graph", "xla", "pjrt"];
}
