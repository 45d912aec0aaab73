import { TsslError } from "../errors.ts";
import { parseConfig, type RunConfig } from "./parse-config.ts";

/**
 * A whole config that an earlier version of tssl or of a plugin wrote, with the defaults of options that have
 * come since: a run that such an option leaves as it was can go on.
 *
 * @param earlier a config with all defaults of its time filled in.
 * @param now today's config, which has the plugins, encoder and optimizer that are meant by name.
 * @returns the config completed; as it was, where it is none that today's schemas allow.
 */
export function withNewDefaults(
  earlier: Readonly<Record<string, unknown>>,
  now: RunConfig,
): Readonly<Record<string, unknown>> {
  const { plugins, encoder, optimizer } = now.resolved as {
    plugins: readonly { use: string }[];
    encoder: { use: string };
    optimizer: { use: string };
  };
  const registry = {
    plugins: Object.fromEntries(plugins.map(({ use }, i) => [use, now.plugins[i]!.plugin])),
    encoders: { [encoder.use]: now.encoder.definition },
    optimizers: { [optimizer.use]: now.optimizer.definition },
  };
  try {
    return parseConfig(earlier, registry, "the checkpoint's config").resolved;
  } catch (error) {
    if (error instanceof TsslError && error.code === "INVALID_CONFIG") return earlier;
    throw error;
  }
}
