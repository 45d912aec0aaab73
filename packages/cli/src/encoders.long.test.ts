import { convnext, vit } from "@tssl/core/internal";
import { type PluginTestOptions, testPlugin } from "@tssl/core/testing";
import { describe } from "vitest";

import { builtIn } from "./registry.ts";

type Method = keyof typeof builtIn.plugins;

const { plugins } = builtIn;
const space = { dim: 8 };
const queued = { ...space, queueSize: 16 };
const clustered = { ...queued, warmupEpochs: 1, iterations: 3, redo: 2 };
const stopGradients = ["key"];

/** Every method in a small size, and CLSA on one of them. */
const methods: Readonly<Record<Method, PluginTestOptions>> = {
  byol: { options: { ...space, hidden: 12 } },
  clsa: { on: [{ use: plugins.moco, ...queued }], stopGradients: ["query", "key"] },
  cpc: {
    options: {
      ...{ grid: 4, dim: 4, contextWidth: 4, contextBlocks: 2 },
      ...{ stepsToIgnore: 1, stepsToPredict: 2, predictionScale: 1 },
    },
  },
  "deepcluster-v2": {
    options: { ...space, hidden: 12, prototypes: [5, 4, 6], iterations: 3, smallCrops: 2, smallSize: 8 },
  },
  infomin: { options: queued, stopGradients },
  instdisc: { options: space },
  localagg: {
    options: { ...space, background: 32, clusters: 5, clusterings: 2, iterations: 3, warmupEpochs: 1 },
  },
  moco: { options: queued, stopGradients },
  "moco-v1": { options: queued, stopGradients },
  pcl: { options: { ...clustered, clusters: [20, 24], negatives: 4 }, stopGradients },
  "pcl-v1": { options: { ...clustered, clusters: [5], negatives: null }, stopGradients },
  pirl: { options: { ...space, negatives: 6 } },
  simclr: { options: space },
  supcon: { options: space },
  supervised: { options: { classes: 3 } },
  swav: {
    options: { ...space, hidden: 12, prototypes: 6, smallCrops: 2, smallSize: 8, freezePrototypesEpochs: 0 },
  },
};

/**
 * Encoders without batch norm, small. What blocks of the ConvNeXt add is multiplied by 10 at first and not
 * by 1e-6: their gradients would be lost among those of the others.
 */
const encoders = {
  "a ViT": {
    use: vit("small-vit", { dim: 8, depth: 1, heads: 2 }),
    patchSize: 4,
    pool: "mean", // at first class tokens hardly differ, and batch norm would enlarge their rounding
    lastBias: "fc_norm.bias",
  },
  "a ConvNeXt": {
    use: convnext("small-convnext", { depths: [1], dims: [32], layerScale: 10 }),
    lastBias: "head.norm.bias",
  },
};

// Batch norm in some heads makes large gradients of small differences.
const learningRate = 1e-7;
/** Batch norm in their heads takes away what the encoder's last bias adds: by the network of the method. */
const unbiased: Partial<Record<Method, string>> = {
  byol: "byol.online",
  "deepcluster-v2": "deepcluster-v2.network",
  simclr: "simclr.network",
  swav: "swav.network",
};

describe.each(Object.entries(encoders))("with %s", async (_, { lastBias, ...encoder }) => {
  for (const [method, options] of Object.entries(methods)) {
    const network = unbiased[method as Method];
    const withoutGradient = network === undefined ? [] : [`${network}.encoder.${lastBias}`];
    await testPlugin(plugins[method as Method], { ...options, encoder, learningRate, withoutGradient });
  }
});
