import { writeFileSync } from "node:fs";
import path from "node:path";

import { startEngine } from "@tssl/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { parseConfig } from "../config/parse-config.ts";
import { encodeSafetensors } from "../files/safetensors.ts";
import { readWeights, type Weights } from "../networks/weights/read-weights.ts";
import { sgd } from "../optimizers/sgd.ts";
import { fill, meanColour, modes } from "../testing/index.ts";
import { pullToZero } from "../testing/pull-to-zero.ts";
import { refusal } from "../testing/refusal.ts";
import { type TemporaryFolder, temporaryFolder } from "../testing/temporary-folder.ts";
import { blankParts } from "./blank-parts.ts";
import { compileRun } from "./compile-run.ts";
import { prepareRun, runFacts } from "./prepare-run.ts";

const STEPS_PER_EPOCH = 2;
const WEIGHT = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((value) => value / 8);
const BIAS = [0.5, -0.5, 0.25, -0.25];

let files: TemporaryFolder;
let file: string;
let weights: Weights;
beforeAll(async () => {
  await startEngine({ device: "cpu" });
  files = await temporaryFolder();
  file = path.join(files.path, "encoder.safetensors");
  const arrays = {
    "fc.weight": { shape: [4, 3], data: Float32Array.from(WEIGHT) },
    "fc.bias": { shape: [4], data: Float32Array.from(BIAS) },
  };
  writeFileSync(file, encodeSafetensors(arrays));
  weights = await readWeights(file);
});
afterAll(() => files.remove());

const parsed = (encoder: object) =>
  parseConfig(
    {
      ...{ epochs: 3, imageSize: 8, batchSize: 4, data: { train: "." } },
      encoder: { use: meanColour, ...encoder },
      plugins: [{ use: pullToZero("toy") }],
      optimizer: { use: sgd, lr: 0.1, momentum: 0.9, weightDecay: 0.1 },
    },
    { plugins: {}, encoders: {}, optimizers: {} },
    "test",
  );

describe("an encoder that is frozen at first", () => {
  it.each(modes)("does not move, nor gather momentum, while the heads do: mode %s", async (mode) => {
    const config = parsed({ weights: file, freezeEpochs: 1 });
    const run = prepareRun(config, runFacts(config, 4 * STEPS_PER_EPOCH), { weights });
    const compiled = compileRun(run, { mode, statistics: { mean: [0, 0, 0], deviation: [1, 1, 1] } });
    const values = (name: string) => Array.from(compiled.state.read(name).values);
    const [part] = blankParts(run);
    const image = { values: Uint8Array.from(fill("x", 4 * 48, 100), (x) => 128 + x), shape: [4, 4, 4, 3] };
    const seen = [];
    for (let step = 0; step < 3; step++) {
      const phase = run.phaseAt(step);
      await compiled.load([{ ...part!, views: { image } }], 0.1, phase).run();
      seen.push({
        phase: phase.key,
        bias: values("toy.network.encoder.fc.bias"),
        velocity: values("optimizer.toy.network.encoder.fc.bias.velocity"),
        head: values("toy.network.head.0.bias"),
      });
    }
    await compiled.dispose();
    expect(seen.map(({ phase }) => phase)).toEqual(["heads alone", "heads alone", ""]);
    for (const { bias, velocity } of seen.slice(0, 2)) {
      expect(bias).toEqual(BIAS);
      expect(velocity).toEqual([0, 0, 0, 0]);
    }
    expect(seen[2]!.bias).not.toEqual(BIAS);
    expect(seen[0]!.head).not.toEqual([0, 0]);
    expect(seen[1]!.head).not.toEqual(seen[0]!.head);
  });

  it("is frozen as well in a run that goes on, which has its weights from a checkpoint", () => {
    const config = parsed({ weights: file, freezeEpochs: 1 });
    const frozenIn = (options: { readonly weights?: Weights }) => {
      const run = prepareRun(config, runFacts(config, 4 * STEPS_PER_EPOCH), options);
      const phases = [0, STEPS_PER_EPOCH].map((step) => run.phaseAt(step).frozen);
      run.dispose();
      return phases;
    };
    const encoder = ["toy.network.encoder.fc.weight", "toy.network.encoder.fc.bias"];
    expect(frozenIn({})).toEqual([encoder, []]);
    expect(frozenIn({ weights })).toEqual([encoder, []]);
  });

  it("is refused without weights, and for the whole run", async () => {
    expect(await refusal(() => parsed({ freezeEpochs: 1 }))).toContain(
      "encoder.freezeEpochs: needs encoder.weights: an encoder whose values are drawn",
    );
    expect(await refusal(() => parsed({ weights: file, freezeEpochs: 3 }))).toContain(
      "encoder.freezeEpochs: must be less than epochs (3), got 3",
    );
  });
});
