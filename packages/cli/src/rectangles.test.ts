import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import type { ProvenArtefact } from "@tssl/export";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { warmTsslIn } from "./built-program.test.data.ts";
import { EXAMPLE, smallExample } from "./example-run.test.data.ts";
import { copyTrainAndTest } from "./few-images.test.data.ts";
import { lossesIn } from "./run-numbers.test.data.ts";

let folder: string;
const tssl = (...args: string[]) => warmTsslIn(folder, args);
const flags = (more: object = {}) =>
  smallExample(
    { train: path.join(folder, "train"), test: path.join(folder, "test") },
    { imageSize: [16, 32], ...more },
  );
const losses = (run: string) => lossesIn(path.join(folder, run));

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-rectangles-"));
  await copyTrainAndTest(folder);
  const { code, err } = tssl("train", EXAMPLE, "--out", "run", ...flags({ "checkpoint.everySteps": 2 }));
  expect(code, err).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a run on images of 16 x 32 pixels (height x width)", () => {
  it("trains, evaluates, and goes on from a checkpoint to the same numbers", () => {
    const outcome = JSON.parse(readFileSync(path.join(folder, "run/outcome.json"), "utf8")) as {
      evaluations: { accuracy: number }[];
    };
    expect(outcome.evaluations.length).toBeGreaterThanOrEqual(2);
    const whole = losses("run");
    expect(whole.length).toBe(6);
    const last = path.join(folder, "run/checkpoints/step-0000006.json");
    rmSync(last);
    const { code, err } = tssl("train", "--resume", "run");
    expect(code, err).toBe(0);
    expect(existsSync(last)).toBe(true);
    expect(losses("run")).toEqual(whole);
  });

  it("is exported with its shape, and its page is refused", () => {
    const { code, out, err } = tssl(..."export run --to safetensors,onnx,tfjs --out net --json".split(" "));
    expect(code, err).toBe(0);
    const { artefacts } = JSON.parse(out) as { artefacts: ProvenArtefact[] };
    for (const { name, difference } of artefacts) expect(difference, name).toBeLessThan(1e-5);
    const card = readFileSync(path.join(folder, "net/README.md"), "utf8");
    expect(card).toContain("32 x 16 pixels in RGB: resized to cover 37 x 18 (bilinear with antialiasing)");
    expect(card).toContain("np.zeros((1, 3, 16, 32), np.uint8)");
    const page = tssl(..."export run --to page --out page".split(" "));
    expect(page.code).toBe(1);
    expect(page.err).toContain(
      "page: it cuts squares out of the images that are dropped on it, and the run has imageSize: [16, " +
        "32]; take onnx or tfjs.",
    );
  });

  it("evaluates a linear layer and embeds", () => {
    const embedded = tssl(..."embed run train --out rows.npy".split(" "));
    expect(embedded.code, embedded.err).toBe(0);
    const linear = tssl(..."evaluate linear run --epochs 1 --json".split(" "));
    expect(linear.code, linear.err).toBe(0);
  });

  it("refuses a jigsaw of a rectangle", () => {
    const { code, err } = tssl(
      "train",
      EXAMPLE,
      "--out",
      "jigsaw",
      ...flags({
        "plugins.0.queueSize": undefined,
        "plugins.0.dim": undefined,
        plugins: [{ use: "pirl" }],
      }),
    );
    expect(code).toBe(2);
    expect(err).toContain(
      "imageSize must be one number, because a jigsaw is a grid of 3 x 3 squares, got [16,32].",
    );
  });
});
