import { testPlugin } from "@tssl/core/testing";
import { byol } from "@tssl/plugin-byol";
import { deepclusterV2 } from "@tssl/plugin-deepcluster";
import { infomin, pirl } from "@tssl/plugin-infomin";
import { instdisc } from "@tssl/plugin-instdisc";
import { localagg } from "@tssl/plugin-localagg";
import { moco, mocoV1 } from "@tssl/plugin-moco";
import { pcl } from "@tssl/plugin-pcl";
import { simclr } from "@tssl/plugin-simclr";
import { supcon } from "@tssl/plugin-supervised";
import { swav } from "@tssl/plugin-swav";
import { describe } from "vitest";

import { clsa } from "./clsa.ts";

const onMoco = { use: moco, queueSize: 16, dim: 8 };
const stopGradients = ["query", "key"];

await testPlugin(clsa, { on: [onMoco], stopGradients });

describe("on other methods, with other options", { tags: "long" }, async () => {
  await testPlugin(clsa, { on: [{ ...onMoco, use: mocoV1 }], stopGradients });
  await testPlugin(clsa, {
    on: [onMoco],
    options: { strongSizes: [16, 8], detachTeacher: false },
    stopGradients: ["key"],
  });
  await testPlugin(clsa, { on: [onMoco], options: { loss: "contrastive" }, stopGradients });
  await testPlugin(clsa, {
    on: [
      { use: simclr, dim: 8 },
      { use: byol, dim: 8, hidden: 12, queueSize: 16 },
    ],
    options: { weakSizes: [8], strongSizes: [16, 8] },
    stopGradients: ["first", "second"],
    learningRate: 1e-5, // batch norm in their heads makes large gradients of small differences
  });
  await testPlugin(clsa, {
    on: [
      { use: instdisc, dim: 8 },
      { use: instdisc, dim: 8, loss: "nce", negatives: 6 },
    ],
    stopGradients: ["image"],
  });
  await testPlugin(clsa, {
    on: [{ use: swav, dim: 8, hidden: 12, prototypes: 6, smallCrops: 0, freezePrototypesEpochs: 0 }],
    stopGradients: ["large1", "large2"],
    learningRate: 1e-5,
  });
  await testPlugin(clsa, {
    on: [{ use: deepclusterV2, dim: 8, hidden: 12, prototypes: [5, 4, 6], iterations: 2, smallCrops: 0 }],
    stopGradients: ["large1", "large2"],
    learningRate: 1e-5,
  });
  await testPlugin(clsa, {
    on: [
      {
        use: pcl,
        queueSize: 16,
        dim: 8,
        warmupEpochs: 1,
        clusters: [6],
        negatives: null,
        iterations: 2,
        redo: 1,
      },
    ],
    stopGradients,
  });
  await testPlugin(clsa, {
    on: [
      { use: localagg, dim: 8, background: 32, clusters: 5, clusterings: 2, iterations: 2, warmupEpochs: 1 },
    ],
    stopGradients: ["image"],
  });
  await testPlugin(clsa, { on: [{ use: infomin, queueSize: 16, dim: 8 }], stopGradients });
  await testPlugin(clsa, { on: [{ use: pirl, dim: 8, negatives: null }], stopGradients: ["image"] });
  await testPlugin(clsa, { on: [{ use: supcon, dim: 8 }], stopGradients: ["first", "second"] });
});
