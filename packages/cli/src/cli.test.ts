import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { tsslIn, warmTsslIn } from "./built-program.test.data.ts";
import { EXAMPLE, smallExample } from "./example-run.test.data.ts";
import { copyTrainAndTest } from "./few-images.test.data.ts";
import { malformedOverride } from "./messages/overrides.ts";

let folder: string;
let data: { train: string; test: string };
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-cli-"));
  data = await copyTrainAndTest(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tssl = (...args: string[]) => warmTsslIn(folder, args);
const small = (more: Record<string, unknown> = {}) => smallExample(data, more);

describe("tssl refuses", () => {
  it("a config with all of its problems at once, each with its path", () => {
    const file = path.join(folder, "wrong.yaml");
    writeFileSync(
      file,
      "data: { train: x }\nepoch: 5\nepochs: 5\nbatchSize: 0\nencoder: { use: resnet19 }\nplugins: [{ use: " +
        "moco, queuSize: 5 }]\noptimizer: { use: sgd, lr: -1 }\n",
    );
    const { code, err } = tssl("train", file);
    expect(code).toBe(2);
    expect(err).toBe(
      [
        `Error: ${file} has 5 problems:`,
        `  - epoch: unknown option. Did you mean "epochs"? Known: name, seed, epochs, batchSize, accumulate, imageSize, data, evaluation, health, checkpoint, logging, engine, encoder, plugins, optimizer, extends`,
        `  - batchSize: must be >= 2, got 0`,
        `  - encoder.use: unknown encoder. Did you mean "resnet18"? Known: convnext-tiny, resnet18, resnet20, resnet34, resnet50, vit-base, vit-small, vit-tiny`,
        `  - optimizer.lr: must be > 0, got -1`,
        `  - plugins.moco.queuSize: unknown option. Did you mean "queueSize"? Known: dim, head, views, minimumScale, blur, temperature, momentum, momentumSchedule, queueSize, inBatchNegatives, batchNormGroups, shuffleBatchNorm`,
        "(INVALID_CONFIG, see tssl explain INVALID_CONFIG)",
        "",
      ].join("\n"),
    );
  });

  it("a folder that is not there, with exit code 1: the config is right, the images are missing", () => {
    expect(tssl("train", EXAMPLE, "--out", "never", ...small({ "data.train": "/nowhere" }))).toMatchObject({
      code: 1,
      err: "Error: /nowhere must be a folder of images, but there is no such folder.\n(INVALID_DATA, see tssl explain INVALID_DATA)\n",
    });
  });

  it("a GPU where there is none, before anything is written", () => {
    const { code, err } = tssl("train", EXAMPLE, "--out", "never", ...small({ "engine.device": "gpu" }));
    expect(err).toMatch(/^Error: .*\n\(NO_GPU, see tssl explain NO_GPU\)\n$/);
    expect(code).toBe(2);
    expect(existsSync(path.join(folder, "never"))).toBe(false);
  });

  it("a wrong command line, with exit code 2", () => {
    // In a process of its own, whose exit code is what a shell sees.
    const unknown = tsslIn(folder, ["trian"]);
    expect(unknown).toMatchObject({ code: 2 });
    expect(unknown.err).toContain("Did you mean train?");
    expect(tssl("train", EXAMPLE, "--set", "epochs")).toMatchObject({
      code: 2,
      err: `Error: ${malformedOverride("--set", "epochs").message}\n`,
    });
    expect(tssl("evaluate", "knn", "x", "-k", "0").code).toBe(2);
  });
});

describe("tssl --help and doctor", () => {
  it("shows examples and exit codes", () => {
    const { code, out } = tssl("--help");
    expect(code).toBe(0);
    expect(out).toContain("tssl train config.yaml");
    expect(out).toContain("Exit codes: 0 success, 1 failure, 2 wrong command line or config, 129 ");
  });

  it("finds this machine fit to train", () => {
    const { code, out } = tssl("doctor", "--json");
    const found = JSON.parse(out) as {
      convolutionError: number;
      problems: unknown[];
      engine: { device: string; tensorflow: { oneDnn: boolean } };
    };
    expect(found.problems).toEqual([]);
    expect(found.convolutionError).toBe(0);
    expect(found.engine).toMatchObject({ device: "cpu", tensorflow: { oneDnn: true } });
    expect(code).toBe(0);
  });
});
