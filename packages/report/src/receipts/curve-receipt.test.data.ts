import type { CurveReceipt } from "./receipt.ts";

/** Three runs of two epochs: kNN 0.20 before and 0.30, 0.32, 0.34 after, losses around 9 and 8. */
export const curveReceipt = (): CurveReceipt => ({
  configHash: "abc",
  seeds: [0, 1, 2],
  versions: { tssl: "0.1.0", PyTorch: "2.14.1" },
  hardware: "a processor, 1 core",
  command: "tssl compare a.yaml --seeds 3",
  commit: "1234567",
  measuredAt: "2026-11-29T12:00:00.000Z",
  preset: "moco/small",
  data: "some images",
  images: { train: "train digest", test: "test digest" },
  config: { epochs: 2, plugins: ["moco"], "plugins.moco.use": "moco", "plugins.moco.dim": 8 },
  tssl: [-1, 0, 1].map((seed) => ({
    seed: seed + 1,
    knn: [
      { epoch: 0, value: 0.2 },
      { epoch: 2, value: 0.32 + 0.02 * seed },
    ],
    loss: [
      { epoch: 1, value: 9 + 0.1 * seed },
      { epoch: 2, value: 8 + 0.1 * seed },
    ],
  })),
  pytorch: [],
  miniature: [2, 1],
  tolerance: [0.001, 0.01],
});
