import type { Bottleneck } from "@tssl/core/run";

import { table } from "./table.ts";

/** The stages from file to step as a table, and what to do. */
export function bottleneckText({ stages, threads, advice }: Bottleneck): string {
  const rows = stages.map(({ name, millisecondsPerImage, share }) => [
    name,
    millisecondsPerImage.toFixed(3),
    `${(100 * share).toFixed(1)} %`,
    name === "decode" || name === "augment" ? `of ${threads} loader thread${threads === 1 ? "" : "s"}` : "",
  ]);
  return `${table([["", "ms per image", "share", ""], ...rows], "lrrl")}\n${advice}\n`;
}
