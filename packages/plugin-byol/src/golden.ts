import { type GoldenCase, type GoldenSteps, readGolden } from "@tssl/core/testing";

import { byol } from "./byol.ts";

const golden = readGolden<GoldenSteps>(new URL("../fixtures/byol-steps.json", import.meta.url));

/** Ten whole steps of BYOL in PyTorch, by `fixtures/make_byol_steps.py`. */
export const goldenCases: readonly GoldenCase[] = [
  { name: "byol-steps", plugins: [{ use: byol, ...golden.settings.plugin }], golden },
];
