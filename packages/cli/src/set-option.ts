import { Option } from "commander";

import { collect } from "./option-values.ts";
import { environmentOverrides } from "./overrides.ts";

/** `--set <path=value>`, which what the environment sets stands before. */
export const setOption = (description = "change one value of the config; may be repeated"): Option =>
  new Option("--set <path=value>", description).argParser(collect).default(environmentOverrides());
