import type { OptionSchema } from "./options-schema.ts";
import { pluginPath } from "./plugin-path.ts";
import type { RunConfig } from "./parse-config.ts";
import { withEncoderProperties, withLearningProperties } from "./section-options.ts";
import { runSettingsSchema } from "./run-settings-schema.ts";

/** One option of a checked config. */
export interface ConfigOption {
  /** Keys that lead to the option: ["plugins", "1", "beta"]. */
  readonly path: readonly string[];
  /** Path of the option as in `--set`; see `pluginPath` for plugins. */
  readonly name: string;
  readonly value: unknown;
  readonly schema: OptionSchema;
}

/** Every option of a config, in the order of a config file that sets all of them. */
export function configOptions({ resolved, encoder, plugins, optimizer }: RunConfig): readonly ConfigOption[] {
  return [
    ...optionsIn(runSettingsSchema as object, [], resolved),
    ...chosen("An encoder", withEncoderProperties(encoder.definition), ["encoder"], resolved),
    ...plugins.flatMap(({ plugin }, i) =>
      chosen("A plugin", plugin.options, ["plugins", String(i)], resolved).map((option) => ({
        ...option,
        name: [pluginPath(plugin.name, i), ...option.path.slice(2)].join("."),
      })),
    ),
    ...chosen("An optimizer", withLearningProperties(optimizer.definition), ["optimizer"], resolved),
  ];
}

/** The option `use`, and the options of the definition that it chose. */
function chosen(
  kind: string,
  options: object,
  path: readonly string[],
  resolved: unknown,
): readonly ConfigOption[] {
  const schema: OptionSchema = options;
  const description = `${kind}: a built-in name, the path of a file, or a package.`;
  const use: OptionSchema = { type: "string", description };
  return optionsIn({ ...schema, properties: { use, ...schema.properties } }, path, resolved);
}

/** The options of a section and of the sections in it. A schema without properties is that of an option. */
function optionsIn(
  schema: OptionSchema,
  path: readonly string[],
  resolved: unknown,
): readonly ConfigOption[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    const place = [...path, key];
    return inner.properties === undefined
      ? [{ path: place, name: place.join("."), value: valueAt(resolved, place), schema: inner }]
      : optionsIn(inner, place, resolved);
  });
}

const valueAt = (content: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Readonly<Record<string, unknown>>)[key], content);
