import { parseConfig } from "../../config/parse-config.ts";
import { pluginPath } from "../../config/plugin-path.ts";
import { messageOf } from "../../errors.ts";
import { sgd } from "../../optimizers/sgd.ts";
import type { AnyPlugin } from "../../plugins/plugin.ts";
import {
  defaultsRefused,
  optionWithoutDefault,
  refusedWithoutPath,
  unknownOptionAccepted,
  wrongTypeAccepted,
} from "../messages/options.ts";
import { smallConvNet } from "../small-conv-net.ts";
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
  const config = {
    epochs: 1,
    batchSize: 2,
    data: { train: "." },
    encoder: { use: smallConvNet },
    optimizer: { use: sgd, lr: 1 },
  };
  try {
    parseConfig({ ...config, plugins: [used] }, registry, "the config");
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

export const optionDefaults: Check = {
  name: "optionDefaults",
  find({ plugin }) {
    const { name } = plugin;
    const without = propertiesOf(plugin).flatMap(([option, schema]) =>
      schema.default === undefined ? [option] : [],
    );
    if (without.length > 0) return without.map((option) => optionWithoutDefault(name, option));
    const refused = refusalOf({ use: plugin });
    return refused === undefined ? [] : [defaultsRefused(name, refused)];
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

const NO_OPTION = "noSuchOption";

export const optionRefusals: Check = {
  name: "optionRefusals",
  find({ plugin, used }) {
    const { name } = plugin;
    /** @param accepted what to say where the value is accepted. */
    const problemsAt = (option: string, value: unknown, accepted: string): string[] => {
      const refused = refusalOf({ ...used, [option]: value });
      if (refused === undefined) return [accepted];
      const path = `${pluginPath(name, 0)}.${option}`;
      return refused.includes(path) ? [] : [refusedWithoutPath(name, path, refused)];
    };
    return [
      ...problemsAt(NO_OPTION, 1, unknownOptionAccepted(name, NO_OPTION)),
      ...propertiesOf(plugin).flatMap(([option, schema]) => {
        const wrong = wrongValue(schema);
        return problemsAt(option, wrong, wrongTypeAccepted(name, option, wrong));
      }),
    ];
  },
};
