import type { AnyEncoder } from "../networks/encoder.ts";
import type { AnyOptimizer } from "../optimizers/optimizer.ts";
import type { AnyPlugin } from "../plugins/plugin.ts";
import { isDefinition, pluginPathOf } from "./choose-definition.ts";
import type { OptionSchema } from "./options-schema.ts";
import { didYouMeanElsewhere, type Problem } from "./problems.ts";
import type { Registry } from "./registry.ts";
import { runSettingsSchema } from "./run-settings-schema.ts";
import { withEncoderProperties, withLearningProperties } from "./section-options.ts";

/** Says of an option that is unknown in its place where one of that name is. */
export const withOtherPlaces = (problems: readonly Problem[], paths: readonly string[]): readonly Problem[] =>
  problems.map(({ path, text }) => {
    const [unknown, rest] = ["unknown option.", text.slice("unknown option.".length)];
    if (!text.startsWith(`${unknown} Known`)) return { path, text };
    return { path, text: `${unknown}${didYouMeanElsewhere(path, paths)}${rest}` };
  });

/** What the lists of a registry hold. */
const KIND_OF = { plugins: "plugin", encoders: "encoder", optimizers: "optimizer" } as const;

/** The paths of all options that a config can set with the definitions that it uses. */
export function optionPaths(
  sections: Readonly<Record<"encoder" | "optimizer", unknown>>,
  plugins: readonly unknown[],
  registry: Registry,
): readonly string[] {
  const optionsOf = (item: unknown, kind: keyof typeof KIND_OF): OptionSchema => {
    const use = typeof item === "object" && item !== null && "use" in item ? item.use : undefined;
    const known = registry[kind] as Readonly<Record<string, AnyOptimizer | AnyEncoder | AnyPlugin>>;
    const named = typeof use === "string" && Object.hasOwn(known, use) ? known[use] : undefined;
    const definition = isDefinition<AnyOptimizer>(use, KIND_OF[kind]) ? use : named;
    if (definition === undefined) return {};
    if (kind === "encoders") return withEncoderProperties(definition as AnyEncoder);
    return kind === "optimizers" ? withLearningProperties(definition as AnyOptimizer) : definition.options;
  };
  return [
    ...leavesOf(runSettingsSchema as object, ""),
    ...leavesOf(optionsOf(sections.encoder, "encoders"), "encoder."),
    ...plugins.flatMap((item, i) =>
      leavesOf(optionsOf(item, "plugins"), `${pluginPathOf(item, i, registry)}.`),
    ),
    ...leavesOf(optionsOf(sections.optimizer, "optimizers"), "optimizer."),
  ];
}

const leavesOf = ({ properties = {} }: OptionSchema, at: string): readonly string[] =>
  Object.entries(properties).flatMap(([name, schema]) =>
    schema.properties === undefined ? [`${at}${name}`] : leavesOf(schema, `${at}${name}.`),
  );
