import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import type { ProvenArtefact } from "@tssl/export";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { warmTsslIn } from "../built-program.test.data.ts";
import { EXAMPLE, smallExample } from "../example-run.test.data.ts";
import { copyTrainAndTest } from "../few-images.test.data.ts";

let folder: string;
const tssl = (...args: string[]) => warmTsslIn(folder, args);
const small = (more: Record<string, unknown> = {}) =>
  smallExample({ train: path.join(folder, "train"), test: path.join(folder, "test") }, more);

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-export-"));
  await copyTrainAndTest(folder);
  const { code, err } = tssl("train", EXAMPLE, "--out", "run", ...small());
  expect(code, err).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const accuracies = (run: string) => {
  const outcome = readFileSync(path.join(folder, run, "outcome.json"), "utf8");
  return (JSON.parse(outcome) as { evaluations: { step: number; accuracy: number }[] }).evaluations;
};

describe("tssl export", () => {
  it("writes every format, proven by 32 images, with a card", () => {
    const { code, out, err } = tssl(
      ..."export run --to safetensors,onnx,tfjs --out net --json --license mit".split(" "),
    );
    expect(code, err).toBe(0);
    const told = JSON.parse(out) as { images: number; checkpoint: string; artefacts: ProvenArtefact[] };
    expect(told).toMatchObject({ images: 32, checkpoint: "step-0000006" });
    expect(told.artefacts.map(({ name, difference }) => [name, difference < 1e-5])).toEqual([
      ["safetensors", true],
      ["onnx", true],
      ["tfjs", true],
    ]);
    expect(err).toBe(
      "safetensors is proven (the file read back).\nonnx is proven (onnxruntime-web).\ntfjs is proven " +
        "(TensorFlow.js).\n",
    );
    const card = readFileSync(path.join(folder, "net/README.md"), "utf8");
    expect(card).toContain('license: "mit"\nlibrary_name: tssl\npipeline_tag: image-feature-extraction\n');
    expect(card).toContain('tags: ["tssl","moco","clsa"]');
    expect(card).toContain("An image encoder (resnet20, 8 features), trained by moco + clsa on 48 images");
    expect(card).toContain("| onnx | float32 | onnxruntime-web | ");
    expect(card).toContain("  use: resnet20\n  widths:\n    - 4\n    - 4\n    - 8\n");
  });

  it("refuses what is no format, a folder that holds something, and a run without checkpoints", () => {
    const unknown = tssl(..."export run --to onx --out a".split(" "));
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain(
      'It must be one of safetensors, onnx, tfjs, detectron2, page. Did you mean "onnx"?',
    );
    for (const [options, text] of [
      ["--push me/encoder", "--push needs a token of the Hugging Face hub"],
      ["--push encoder", "It must be the name of a repository with its owner"],
      ["--private", "--private is of the repository that --push names"],
    ]) {
      const { code, err } = tssl(...`export run --to onnx --out a ${options}`.split(" "));
      expect([code, err]).toEqual([2, expect.stringContaining(text!)]);
    }
    const full = tssl(..."export run --to onnx --out train".split(" "));
    expect(full.code).toBe(1);
    expect(full.err).toContain("train must be a new or empty folder");
    const none = tssl(..."export test --to onnx --out b".split(" "));
    expect(none.code).not.toBe(0);
    expect(none.err).not.toContain("TSSL_DEBUG");
    expect(readdirSync(folder).sort()).toEqual(["net", "run", "test", "train"]);
  });
});

describe("a run that starts from an export", () => {
  const weights = (file: string) => ({ encoder: { use: "resnet20", widths: [4, 4, 8], weights: file } });

  it("has the kNN of the untouched weights as its first point", () => {
    const { code, err } = tssl(
      ..."train --out next".split(" "),
      EXAMPLE,
      ...small({ ...weights("net/model.safetensors"), epochs: 1, seed: 9 }),
    );
    expect(code, err).toBe(0);
    expect(err).toContain(
      "net/model.safetensors: 105 arrays by the names of torchvision and timm. Nothing of the file is left " +
        "over.",
    );
    expect(accuracies("next")[0]).toEqual({ ...accuracies("run").at(-1)!, step: 0, epoch: 0 });
    const { out } = tssl(..."evaluate knn next --json".split(" "));
    const { untrained } = JSON.parse(out) as { untrained: { accuracy: number } };
    expect(untrained.accuracy).toBe(accuracies("next")[0]!.accuracy);
  });

  it("is refused before any work where the file does not fit, and leaves no folder", () => {
    writeFileSync(path.join(folder, "net.pth"), "PK\x03\x04");
    for (const [file, text] of [
      ["net.pth", "is a pickle"],
      ["none.safetensors", "there is no such file"],
    ]) {
      const { code, err } = tssl("train", EXAMPLE, "--out", "refused", ...small(weights(file!)));
      expect(code).toBe(2);
      expect(err).toContain(text);
    }
    const other = { encoder: { use: "resnet20", widths: [4, 4, 9], weights: "net/model.safetensors" } };
    const { code, err } = tssl("train", EXAMPLE, "--out", "refused", ...small(other));
    expect(code).toBe(2);
    expect(err).toContain("layer3.0.conv1.weight has shape [8, 4, 3, 3], the encoder needs [9, 4, 3, 3]");
    expect(existsSync(path.join(folder, "refused"))).toBe(false);
  });
});
