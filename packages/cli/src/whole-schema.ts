import { configSchema } from "@tssl/core/run";

import { presets } from "./presets.ts";
import { builtIn } from "./registry.ts";

/** The JSON Schema of a config with everything that is built in, as the text of a file. */
export const wholeSchema = (): string =>
  `${JSON.stringify(configSchema(builtIn, Object.keys(presets)), undefined, 2)}\n`;
