import type { AnyEncoder } from "../networks/encoder.ts";
import type { AnyOptimizer } from "../optimizers/optimizer.ts";
import type { AnyPlugin } from "../plugins/plugin.ts";
import type { ModuleCode } from "./load-module.ts";

/** The definitions that a config can choose by name. */
export interface Registry {
  readonly plugins: Readonly<Record<string, AnyPlugin>>;
  readonly encoders: Readonly<Record<string, AnyEncoder>>;
  readonly optimizers: Readonly<Record<string, AnyOptimizer>>;
  /** The code of those that come from a user's own files, by `use`; a run keeps it in its folder. */
  readonly code?: ReadonlyMap<string, ModuleCode>;
}
