import type { Build } from "./build.ts";
import { checkRun } from "./check-returned.ts";
import { inHook } from "./in-hook.ts";
import type { AnyPlugin, PluginRun, View, ViewFacts } from "./plugin.ts";

/** A plugin with its checked options, as the config asked for it. */
export interface ConfiguredPlugin {
  readonly plugin: AnyPlugin;
  readonly options: Readonly<object>;
}

/** The views that a plugin adds to a run. */
export const viewsOf = (
  { plugin, options }: ConfiguredPlugin,
  facts: ViewFacts,
): Readonly<Record<string, View>> =>
  // The options were checked against the plugin's own schema.
  inHook(plugin.name, "views", () => plugin.views?.(options as never, facts)) ?? {};

/** Makes a plugin's networks and state. */
export function setUp({ plugin, options }: ConfiguredPlugin, build: Build): PluginRun {
  const run: unknown = inHook(plugin.name, "setup", () => plugin.setup(build, options as never));
  checkRun(plugin.name, run);
  return run;
}
