import type { AnyEncoder, AnyOptimizer, AnyPlugin, LearningSettings, RunSettings } from "@tssl/core/run";

import type { PresetName } from "./presets.ts";
import type { builtIn } from "./registry.ts";

type Plugins = typeof builtIn.plugins;
type Encoders = typeof builtIn.encoders;
type Optimizers = typeof builtIn.optimizers;

/** The path of a file, or a package; its options are checked when the config is read. */
type ModuleName = `./${string}` | `../${string}` | `/${string}` | `@${string}` | `tssl-${string}`;
type Unchecked = Readonly<Record<string, unknown>>;

type PluginUse = keyof Plugins | ModuleName | AnyPlugin;
type EncoderUse = keyof Encoders | ModuleName | AnyEncoder;
type OptimizerUse = keyof Optimizers | ModuleName | AnyOptimizer;

/** The definition with a name, or a definition itself. */
type Named<Use, Known> = Use extends keyof Known ? Known[Use] : Use;

/** The plugin of the extended config whose place this one takes. */
interface Replacing {
  readonly replace?: PluginUse & string;
}

/** A plugin of the extended config that the run does without. */
interface Removed {
  readonly remove: PluginUse & string;
}

type PluginChoice<Use> = { readonly use: Use } & Replacing &
  (Named<Use, Plugins> extends infer Definition extends AnyPlugin
    ? Partial<Parameters<Definition["setup"]>[1]>
    : Unchecked);
/** An item without `use` is inferred to be any plugin, and may remove one. */
type PluginItem<Use> = PluginChoice<Use> | (PluginUse extends Use ? Removed : never);
type EncoderChoice<Use> = { readonly use: Use; readonly weights?: string } & (Named<
  Use,
  Encoders
> extends infer Definition extends AnyEncoder
  ? Partial<Parameters<Definition["build"]>[1]>
  : Unchecked);
type OptimizerChoice<Use> = { readonly use: Use } & (Named<Use, Optimizers> extends infer Definition extends
  AnyOptimizer
  ? Partial<LearningSettings> & Partial<Parameters<Definition["attach"]>[2]>
  : Unchecked);

type Settings = {
  readonly [Key in keyof RunSettings]?: RunSettings[Key] extends object
    ? Partial<RunSettings[Key]>
    : RunSettings[Key];
};

/**
 * A config in TypeScript. Options may be left out here; whether a required one is missing is checked when the
 * config is read.
 */
export interface RunDefinition<
  Uses extends readonly PluginUse[],
  Encoder extends EncoderUse,
  Optimizer extends OptimizerUse,
> extends Settings {
  /** The name of a preset, or the path of another config. */
  readonly extends?: PresetName | `${string}.${string}`;
  readonly encoder?: EncoderChoice<Encoder>;
  readonly plugins?: readonly [...{ readonly [Index in keyof Uses]: PluginItem<Uses[Index]> }];
  readonly optimizer?: OptimizerChoice<Optimizer>;
}

/**
 * Types a config in TypeScript, for an editor to check and complete its options: those of built-in names, and
 * those of plugins, encoders and optimizers that are given to `use` themselves.
 *
 * @example
 * ```ts
 * import { moco } from "@tssl/plugin-moco";
 *
 * const run = defineRun({
 *   data: { train: "./images" },
 *   encoder: { use: "resnet18", stem: "cifar" },
 *   plugins: [
 *     { use: moco, queueSize: 4096 },
 *     { use: "clsa", beta: 1 },
 *   ],
 * });
 * run.encoder; // => { use: "resnet18", stem: "cifar" }
 * ```
 *
 * @returns its argument.
 */
export const defineRun = <
  const Uses extends readonly PluginUse[],
  const Encoder extends EncoderUse,
  const Optimizer extends OptimizerUse,
>(
  run: RunDefinition<Uses, Encoder, Optimizer>,
): RunDefinition<Uses, Encoder, Optimizer> => run;
