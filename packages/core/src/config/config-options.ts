import type { OptionSchema } from "./options-schema.ts";
import { type RunConfig, withLearningProperties } from "./parse-config.ts";
import { runSettingsSchema } from "./run-config.ts";

/** One option of a checked config. */
export interface ConfigOption {
  /** Where it stands: ["plugins", "1", "beta"]. */
  readonly path: readonly string[];
  /** How a user names it: "plugins.clsa.beta", or by place where the plugin is a file or a package: "plugins.1.weight". */
  readonly name: string;
  readonly value: unknown;
  readonly schema: OptionSchema;
}

/** Every option of a config, in the order of the file that says everything. */
export function configOptions({ resolved, encoder, plugins, optimizer }: RunConfig): readonly ConfigOption[] {
  const uses = (resolved["plugins"] as readonly { use: string }[]).map(({ use }) => use);
  return [
    ...optionsIn(runSettingsSchema as object, [], resolved),
    ...chosen("An encoder", encoder.definition.options, ["encoder"], resolved),
    ...plugins.flatMap(({ plugin }, i) =>
      chosen("A plugin", plugin.options, ["plugins", String(i)], resolved).map((option) => ({
        ...option,
        name: ["plugins", /^[\w-]+$/.test(uses[i]!) ? uses[i]! : String(i), ...option.path.slice(2)].join(
          ".",
        ),
      })),
    ),
    ...chosen("An optimizer", withLearningProperties(optimizer.definition), ["optimizer"], resolved),
  ];
}

/** `use`, and the options of what it chose. */
function chosen(
  what: string,
  options: object,
  path: readonly string[],
  resolved: unknown,
): readonly ConfigOption[] {
  const schema: OptionSchema = options;
  const description = `${what}: a built-in name, the path of a file, or a scoped package.`;
  const use: OptionSchema = { type: "string", description };
  return optionsIn({ ...schema, properties: { use, ...schema.properties } }, path, resolved);
}

/** Sections are gone through, one by one; what has no properties of its own is an option. */
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
