import { bytesNeedGreyOrColours, perChannelLength, rangeNotRising } from "../messages/channels.ts";
import type { Problem } from "./problems.ts";
import type { RunSettings } from "./run-settings.ts";

/** Options of images that do not go together. */
export function dataProblems({ data }: Pick<RunSettings, "data">): readonly Problem[] {
  const { channels, depth, range } = data;
  const problems: Problem[] = [];
  if (depth === 8 && channels !== 1 && channels !== 3) {
    problems.push({ path: "data.depth", text: bytesNeedGreyOrColours(channels) });
  }
  if (range !== null && !(range[0] < range[1]))
    problems.push({ path: "data.range", text: rangeNotRising(range) });
  for (const name of ["mean", "deviation"] as const) {
    const values = data[name];
    if (values.length === channels) continue;
    problems.push({ path: `data.${name}`, text: perChannelLength(channels, values) });
  }
  return problems;
}
