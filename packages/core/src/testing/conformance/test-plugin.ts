import { startEngine } from "@tssl/engine";

import type { AnyPlugin } from "../../plugins/plugin.ts";
import { suiteName } from "../messages.ts";
import { pluginChecks, type PluginTestOptions } from "./plugin-checks.ts";

/** Milliseconds; XLA compiles within. */
const TIMEOUT = 120_000;

/**
 * Registers with vitest one test for everything that the plugin contract asks for; what fails says which
 * plugin and why.
 *
 * Real steps on small real images. Starts the engine on the CPU. vitest is loaded only here, so that the rest
 * of this module serves other test runners; so does `pluginChecks`.
 *
 * @throws {TsslError} INVALID_PLUGIN as `pluginChecks`.
 *
 * In a test file:
 * ```ts
 * import { clsa } from "@tssl/plugin-clsa";
 * import { moco } from "@tssl/plugin-moco";
 *
 * await testPlugin(clsa, { on: [{ use: moco, queueSize: 16 }], stopGradients: ["query", "key"] });
 * ```
 */
export async function testPlugin(plugin: AnyPlugin, options: PluginTestOptions = {}): Promise<void> {
  const { beforeAll, describe, it } = await import("vitest");
  const checks = pluginChecks(plugin, options);
  describe(suiteName(plugin.name, options.options), () => {
    beforeAll(() => startEngine({ device: "cpu" }), TIMEOUT);
    for (const { name, run } of checks) it(name, run, TIMEOUT);
  });
}
