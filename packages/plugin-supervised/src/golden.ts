import { type GoldenCase, type GoldenSteps, readGolden } from "@tssl/core/testing";

import { supcon } from "./supcon.ts";
import { supervised } from "./supervised.ts";

/** Ten whole steps of each method in PyTorch, by `fixtures/make_supervised_steps.py`. */
export const goldenCases: readonly GoldenCase[] = [supervised, supcon].map((plugin) => {
  const golden = readGolden<GoldenSteps>(new URL(`../fixtures/${plugin.name}-steps.json`, import.meta.url));
  const images = golden.settings.batch * golden.steps.length;
  return {
    name: `${plugin.name}-steps`,
    plugins: [{ use: plugin, ...golden.settings.plugin }],
    golden,
    inputs: () => ({ labels: Int32Array.from({ length: images }, (_, i) => i % 3) }),
  };
});
