import type { AnyPlugin } from "../../plugins/plugin.ts";
import { suiteName } from "../messages/check-names.ts";
import { pluginChecks, type PluginTestOptions } from "./plugin-checks.ts";
import { registerChecks } from "./register-checks.ts";

/**
 * Registers with vitest one test for everything that the plugin contract asks for; what fails says which
 * plugin and why.
 *
 * Real steps on small real images. Starts the engine on the CPU, and loads vitest; `pluginChecks` serves other
 * test runners.
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
  await registerChecks(suiteName(plugin.name, options.options), pluginChecks(plugin, options));
}
