import { type GoldenCase, type GoldenSteps, goldenUnitRows, readGolden } from "@tssl/core/testing";

import { swav } from "./swav.ts";

type SwavSteps = GoldenSteps & { readonly parameters: Readonly<Record<string, [number, number]>> };

/**
 * Ten whole steps of SwAV in PyTorch with SGD and with LARC, by `fixtures/make_swav_steps.py`: through frozen
 * prototypes and a queue that fills.
 *
 * LARC divides by the length of each gradient, so that the rounding of the smallest ones shows: PyTorch's own
 * float32 is 5e-4 off.
 */
export const goldenCases: readonly GoldenCase[] = [
  { name: "swav-steps", firstGradients: 1e-4 },
  { name: "swav-larc-steps", firstGradients: 1e-3 },
].map(({ name, firstGradients }) => {
  const golden = readGolden<SwavSteps>(new URL(`../fixtures/${name}.json`, import.meta.url));
  const prototypes = golden.parameters["swav.prototypes"]!;
  return {
    name,
    plugins: [{ use: swav, ...golden.settings.plugin }],
    golden,
    inputs: () => ({
      initial: { "swav.prototypes": goldenUnitRows("swav.prototypes", prototypes) },
      firstGradients,
    }),
  };
});
