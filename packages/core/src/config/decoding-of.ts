import type { DecodeOptions } from "@tssl/augment-zoo";

import type { RunSettings } from "./run-config.ts";

/** How a run's images are decoded wherever it or its pages show them. */
export const decodingOf = ({ range }: Pick<RunSettings["data"], "range">): Pick<DecodeOptions, "range"> =>
  range === null ? {} : { range };
