import type { ImageDecoding } from "@tssl/augment-zoo";

import type { RunSettings } from "./run-settings.ts";

/** How a run's images are decoded wherever it or its pages show them. */
export const decodingOf = ({
  channels,
  depth,
  range,
}: Pick<RunSettings["data"], "channels" | "depth" | "range">): ImageDecoding => ({
  channels,
  ...(depth === null ? {} : { depth }),
  ...(range === null ? {} : { range }),
});
