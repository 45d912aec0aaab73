import { counted, percent } from "@tssl/core/internal";
import type { Bottleneck } from "@tssl/core/run";

import { table } from "./table.ts";

/** The stages from file to step as a table, and advice. */
export function bottleneckText({ stages, threads, advice }: Bottleneck): string {
  const rows = stages.map(({ name, millisecondsPerImage, share }) => [
    name,
    millisecondsPerImage.toFixed(3),
    percent(share),
    name === "decode" || name === "augment" ? `of the work of ${counted(threads, "loader thread")}` : "",
  ]);
  return `${table([["", "ms per image", "share", ""], ...rows], "lrrl")}\n${advice}\n`;
}
