import { parseConfig } from "../../config/parse-config.ts";
import { pluginPath } from "../../config/plugin-path.ts";
import { messageOf } from "../../errors.ts";
import type { AnyPlugin } from "../../plugins/plugin.ts";
import type { Check } from "./check.ts";
import type { UsedPlugin } from "./subject.ts";

/** What the checks read of a JSON schema. */
interface Schema {
  readonly properties?: Readonly<
    Record<string, { readonly type?: string | string[]; readonly default?: unknown }>
  >;
}

const propertiesOf = ({ options }: AnyPlugin) => Object.entries((options as Schema).properties ?? {});

/** What a config with this plugin alone is refused with; undefined if it is accepted. */
function refusalOf(used: UsedPlugin): string | undefined {
  const registry = { plugins: {}, encoders: {}, optimizers: {} };
  const rest = { name: "any", options: { type: "object", required: [], properties: {} } };
  const config = {
    epochs: 1,
    batchSize: 2,
    data: { train: "." },
    encoder: { use: rest },
    optimizer: { use: rest, lr: 1 },
  };
  try {
    parseConfig({ ...config, plugins: [used] }, registry, "test");
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

export const defaults: Check = {
  name: "has a default for every option",
  find({ plugin }) {
    const { name } = plugin;
    const without = propertiesOf(plugin).flatMap(([option, schema]) =>
      schema.default === undefined ? [option] : [],
    );
    if (without.length > 0) {
      return without.map(
        (option) =>
          `[${name}] The option "${option}" has no default: a config must be able to leave it out. Give its schema one.`,
      );
    }
    const refused = refusalOf({ use: plugin });
    return refused === undefined
      ? []
      : [`[${name}] The defaults are refused by the schema they stand in: ${refused}`];
  },
};

const samples = {
  string: "text",
  number: 0.5,
  boolean: true,
  array: [[]],
  object: { no: "such option" },
} as const;

/** A value of a type that a schema does not name. */
function wrongValue({ type = [] }: { readonly type?: string | string[] }): unknown {
  const right = [type].flat().map((each) => (each === "integer" ? "number" : each));
  return Object.entries(samples).find(([each]) => !right.includes(each))![1];
}

export const refusals: Check = {
  name: "refuses unknown options and values of a wrong type, at the option's path",
  find({ plugin, used }) {
    /** @param remedy what makes the schema refuse it. */
    const expectAt = (option: string, value: unknown, what: string, remedy: string): string[] => {
      const refused = refusalOf({ ...used, [option]: value });
      if (refused === undefined) return [`[${plugin.name}] ${what} is accepted. ${remedy}`];
      if (refused.includes(`${pluginPath(plugin.name, 0)}.${option}`)) return [];
      return [`[${plugin.name}] ${what} is refused without its path: ${refused}`];
    };
    return [
      ...expectAt(
        "noSuchOption",
        1,
        "An option that does not exist",
        "Set additionalProperties to false in the schema of its options.",
      ),
      ...propertiesOf(plugin).flatMap(([option, schema]) => {
        const wrong = wrongValue(schema);
        const what = `The option "${option}" with the value ${JSON.stringify(wrong)}`;
        return expectAt(option, wrong, what, "Give its schema a type.");
      }),
    ];
  },
};
