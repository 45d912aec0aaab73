import { Option } from "commander";

import { environmentOverrides, type Override, setBy } from "./overrides.ts";

/**
 * The option `--set <path=value>`; its default is the overrides in the environment, which come before those
 * of the command line.
 */
export function setOption(description = "change one value of the config; may be repeated"): Option {
  const fromEnvironment = environmentOverrides();
  return new Option("--set <path=value>", description)
    .argParser((text: string, earlier: readonly Override[]) => [...earlier, setBy(text)])
    .default(fromEnvironment, fromEnvironment.length === 0 ? "none" : "those of TSSL_SET");
}
