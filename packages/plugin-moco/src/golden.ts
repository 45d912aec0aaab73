import { type GoldenCase, type GoldenSteps, readGolden } from "@tssl/core/testing";

import { moco } from "./moco.ts";

const golden = readGolden<GoldenSteps>(new URL("../fixtures/moco-steps.json", import.meta.url));

/** Ten whole steps of MoCo v2 in PyTorch, by `fixtures/make_moco_steps.py`. */
export const goldenCases: readonly GoldenCase[] = [
  { name: "moco-steps", plugins: [{ use: moco, ...golden.settings.plugin }], golden },
];
