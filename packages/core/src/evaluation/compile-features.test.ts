import { type CompiledStep, createProgram, startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";

import { sgd } from "../optimizers/sgd.ts";
import { assertClose, fill, smallConvNet, testRun } from "../testing/index.ts";
import { pullToZero } from "../testing/pull-to-zero.ts";
import { imagenetStatistics } from "../networks/normalize-images.ts";
import { compileFeatures } from "./compile-features.ts";

beforeAll(() => startEngine({ device: "cpu" }));

test("features are those of each image alone, change nothing, and have length 1 where asked", async () => {
  const run = testRun({
    encoder: { use: smallConvNet },
    plugins: [{ use: pullToZero("toy") }],
    optimizer: { use: sgd, lr: 0.1 },
    batchSize: 4,
  });
  const program = createProgram({ state: run.store.variables() });
  const values = Uint8Array.from(fill("images", 3 * 8 * 8 * 3, 127.5), (x) => x + 127.5);
  const images = { values, shape: [3, 8, 8, 3] };
  const second = { values: values.subarray(192, 384), shape: [1, 8, 8, 3] };
  const features = (unitLength: boolean) =>
    compileFeatures(program, run.network, imagenetStatistics, { unitLength });
  const before = [...program.state];

  const raw = await features(false).extract(images);
  assertClose(await features(false).extract(second), raw.subarray(16, 32), 1e-6); // no statistics of the batch
  expect([...program.state]).toEqual(before);
  const length = Math.hypot(...raw.subarray(16, 32));
  expect(length).not.toBeCloseTo(1, 1);
  const unit = await features(true).extract(images);
  assertClose(
    unit.subarray(16, 32),
    raw.subarray(16, 32).map((x) => x / length),
    1e-6,
  );
  // The image as bytes and as floats live at a time.
  const [ofOne, ofNine] = [8, 24].map((size) => features(true).sizeOfOne([size, size, 3])!.intermediateBytes);
  expect(ofOne).toBeGreaterThan(4 * 8 * 8 * 3);
  expect(ofNine! / ofOne!).toBeCloseTo(9, 0);
  await program.dispose();
  run.dispose();
});

test("what an image takes is not known where nothing is recorded, or where it lies on a device", () => {
  const network = { features: (images: tf.Tensor4D): tf.Tensor2D => tf.mean(images, [1, 2]), featureDim: 3 };
  for (const mode of ["eager", "pjrt"] as const) {
    const compile = () => ({ record: () => undefined }) as unknown as CompiledStep;
    const compiled = compileFeatures({ mode, compile }, network, imagenetStatistics, { unitLength: true });
    expect(compiled.sizeOfOne([8, 8, 3])).toBeUndefined();
  }
});
