import type { GoldenCase } from "@tssl/core/testing";

import { builtIn } from "./registry.ts";

/**
 * Steps of the rows' methods that a reference has made in PyTorch, by the row. They are loaded when they are
 * needed.
 */
const CASES: Readonly<Record<string, () => Promise<readonly GoldenCase[]>>> = {
  instdisc: async () => (await import("@tssl/plugin-instdisc/golden")).goldenCases,
  localagg: async () => (await import("@tssl/plugin-localagg/golden")).goldenCases,
  simclr: async () => (await import("@tssl/plugin-simclr/golden")).goldenCases,
  cpc: async () => (await import("@tssl/plugin-cpc/golden")).goldenCases,
  pcl: async () => named((await import("@tssl/plugin-pcl/golden")).goldenCases, "pcl-steps"),
  "moco-v1": async () => named((await import("@tssl/plugin-moco/golden")).goldenCases, "moco-v1-steps"),
  moco: async () => named((await import("@tssl/plugin-moco/golden")).goldenCases, "moco-steps"),
  infomin: async () => named((await import("@tssl/plugin-infomin/golden")).goldenCases, "infomin-steps"),
  byol: async () => (await import("@tssl/plugin-byol/golden")).goldenCases,
  swav: async () => (await import("@tssl/plugin-swav/golden")).goldenCases,
  clsa: async () => {
    const { goldenCaseOn } = await import("@tssl/plugin-clsa/golden");
    const { moco, simclr, byol } = builtIn.plugins;
    return [moco, simclr, byol].map(goldenCaseOn);
  },
  "clsa-multi": async () => {
    const { goldenMultiCropCaseOn } = await import("@tssl/plugin-clsa/golden");
    return [goldenMultiCropCaseOn(builtIn.plugins.moco)];
  },
  supervised: async () =>
    named((await import("@tssl/plugin-supervised/golden")).goldenCases, "supervised-steps"),
};

const named = (cases: readonly GoldenCase[], name: string): readonly GoldenCase[] =>
  cases.filter((each) => each.name === name);

/** The golden cases of a row; none where no reference has made steps of its method. */
export const goldenCasesOf = async (row: string): Promise<readonly GoldenCase[]> =>
  (await CASES[row]?.()) ?? [];

/** The rows that have golden cases. */
export const rowsWithGoldenCases: readonly string[] = Object.keys(CASES);
