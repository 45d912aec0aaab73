import { type GoldenCase, type GoldenSteps, readGolden } from "@tssl/core/testing";

import { moco, mocoV1 } from "./moco.ts";

/** Ten whole steps of MoCo v2 and of v1 in PyTorch, by `fixtures/make_moco_steps.py`. */
export const goldenCases: readonly GoldenCase[] = [moco, mocoV1].map((plugin) => {
  const name = `${plugin.name}-steps`;
  const golden = readGolden<GoldenSteps>(new URL(`../fixtures/${name}.json`, import.meta.url));
  return { name, plugins: [{ use: plugin, ...golden.settings.plugin }], golden };
});
