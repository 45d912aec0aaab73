import { type GoldenCase, type GoldenSteps, readGolden } from "@tssl/core/testing";

import { simclr } from "./simclr.ts";

const golden = readGolden<GoldenSteps>(new URL("../fixtures/simclr-steps.json", import.meta.url));

/** Ten whole steps of SimCLR in PyTorch, by `fixtures/make_simclr_steps.py`. */
export const goldenCases: readonly GoldenCase[] = [
  { name: "simclr-steps", plugins: [{ use: simclr, ...golden.settings.plugin }], golden },
];
