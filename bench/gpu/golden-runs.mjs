// The runs whose first steps golden.json has, and what goes into them: the same on every machine.
import { viewShape } from "@tssl/augment-zoo";
import { smallConvNet } from "@tssl/core/testing";
import { fill } from "@tssl/engine/testing";

// What training runs its steps with; no part of the packages' interface.
import { compositions } from "../../packages/cli/dist/compositions.test.data.js";
import { builtIn } from "../../packages/cli/dist/registry.js";
import { parseConfig } from "../../packages/core/dist/config/parse-config.js";
import { replicasOf } from "../../packages/core/dist/state/replicas.js";
import { hostImages, hostInputs } from "../../packages/core/dist/training/batches.js";
import { prepareRun, runFacts } from "../../packages/core/dist/training/prepare-run.js";

export const STEPS = 3;
export const LEARNING_RATE = 0.03;
/** Images of all runs. */
const IMAGES = 160;

/** MoCo with CLSA on a ResNet-20. */
export const resnetRun = {
  name: "moco + clsa, resnet20",
  config: {
    plugins: [{ use: "moco", queueSize: 40, dim: 8, momentum: 0.9 }, { use: "clsa" }],
    optimizer: { use: "sgd", lr: LEARNING_RATE, momentum: 0.9, weightDecay: 5e-4 },
    encoder: { use: "resnet20" },
  },
};

/** Every method of the repository on a small network. */
export const goldenRuns = compositions.map(({ name, config }) => ({
  name,
  config: { ...config, encoder: { use: smallConvNet } },
}));

/** A run ready for its first step, as from a config. */
export function prepared(config, { batchSize = 16, imageSize = 32, images = IMAGES, replicas = 1 } = {}) {
  const raw = { epochs: 4, imageSize, batchSize, data: { train: "." }, ...config };
  const parsed = parseConfig(raw, /** @type {any} */ (builtIn), "gpu test");
  const facts = runFacts(parsed, images, { replicas });
  return prepareRun(parsed, facts, { replicas: replicasOf(facts) });
}

/**
 * The parts of a step, on images of one colour each with noise: noise alone looks the same to a network.
 *
 * @param draw names one set of images of several.
 */
export function partsOf({ facts, views, inputs, readsLabels }, step, draw = "first") {
  const count = facts.imagesPerPass;
  return Array.from({ length: facts.batchSize / count }, (_, part) => ({
    views: Object.fromEntries(
      Object.entries(views).map(([name, { recipe }]) => {
        const shape = [count, ...viewShape(recipe)];
        return [name, { values: noise(`${draw} ${name} ${step} ${part}`, shape), shape }];
      }),
    ),
    ...hostImages(
      Array.from(
        { length: count },
        (_, i) => (step * facts.batchSize + part * count + i) % facts.datasetSize,
      ),
      readsLabels ? Int32Array.from({ length: facts.datasetSize }, (_, i) => i % 3) : undefined,
    ),
    inputs: hostInputs({ inputs, facts, seed: 0 }, step, part),
  }));
}

/** @param {number[]} shape */
function noise(name, shape) {
  const [count, ...rest] = shape;
  const size = rest.reduce((product, n) => product * n, 1);
  const colours = fill(`${name} colour`, count * 3, 64);
  return Uint8Array.from(
    fill(name, count * size, 64),
    (x, i) => 128 + x + colours[Math.floor(i / size) * 3 + (i % 3)],
  );
}
