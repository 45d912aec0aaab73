import { readFile } from "node:fs/promises";

import { expect, it } from "vitest";

import * as messages from "./messages.ts";

const refusals = [
  [
    messages.batchChangesGraph(),
    "The encoder uses other ops for another size of a batch, so there is no graph for all sizes.",
  ],
  [
    messages.batchInConstant("Const_3"),
    "The encoder makes a constant that depends on the size of a batch (Const_3), so there is no graph for " +
      "all sizes. Let the shape follow from a tensor: tf.reshape with -1.",
  ],
  [
    messages.notExportable("onnx", messages.opUnknown("Bincount")),
    "onnx: the encoder uses TensorFlow's op Bincount, for which tssl knows no op of ONNX.",
  ],
  [
    messages.notExportable("onnx", messages.opFormUnknown("Conv2D", "NCHW")),
    "onnx: the encoder uses TensorFlow's op Conv2D with NCHW, for which tssl knows no op of ONNX.",
  ],
  [
    messages.embeddingsInUse("x.npy", { owner: { pid: 7, host: "a" }, isUnseen: true }, "x.npy.lock"),
    "x.npy is being computed by process 7 on a. Wait for it, or choose another --out; if it no longer " +
      "runs, delete x.npy.lock.",
  ],
  [
    messages.embeddingsInUse("x.npy", { isUnseen: false }, "x.npy.lock"),
    "x.npy is being computed by another process. Wait for it, or choose another --out.",
  ],
  [
    messages.notExportable("safetensors", messages.representationOfPlugin("cpc")),
    "safetensors: the run is evaluated by the representation of its plugin cpc, which is more than the " +
      "encoder's weights. ONNX, TensorFlow.js and the page hold all of it: --to onnx,tfjs,page.",
  ],
  [
    messages.notExportable("detectron2", messages.notInDetectron2("resnet20")),
    "detectron2: detectron2 has ResNets with stem: imagenet alone, and the run's encoder is resnet20.",
  ],
  [
    messages.notExportable("onnx", messages.floatsTaken),
    "onnx: the encoder takes images of float32 (data.depth 32), and this format is written for bytes; take " +
      "safetensors.",
  ],
  [
    messages.notExportable("page", messages.coloursAlone(1)),
    "page: it takes red, green and blue, and the run has data.channels: 1; take safetensors.",
  ],
  [
    messages.notExportable("page", messages.pageNeedsSquares([16, 32])),
    "page: it cuts squares out of the images that are dropped on it, and the run has imageSize: [16, 32]; " +
      "take onnx or tfjs.",
  ],
  [
    messages.notExportable("page", messages.pageMissing),
    "page: it needs a page to be written into, the option page of exportEncoder.",
  ],
  [
    messages.notExportable("detectron2", messages.neverFloat16),
    "detectron2: its weights are always float32. Leave out --float16, or export it on its own.",
  ],
  [
    messages.artefactNotRun("tfjs", new Error("Unknown op 'X'.\nmore")),
    "tfjs: the artefact cannot be run: Unknown op 'X'.",
  ],
  [
    messages.artefactDiffers("onnx", 0.0123, 1e-4, 32),
    "onnx: the artefact's features of 32 images differ from those of the run's encoder by 1.2e-2, and " +
      "1.0e-4 is allowed.",
  ],
] as const;

it.each(refusals)("EXPORT: %s", (error, sentence) => {
  expect(error.code).toBe("EXPORT");
  expect(error.message).toBe(`${sentence} Nothing was written.`);
});

it.each([
  [
    messages.embeddingsInUse("a.npy", { owner: { pid: 12 }, isUnseen: false }, "a.npy.rows.lock"),
    "a.npy is being computed by process 12. Wait for it, or choose another --out.",
  ],
  [
    messages.embeddingsInUse("a.npy", { owner: { pid: 12, host: "b" }, isUnseen: true }, "a.npy.rows.lock"),
    "a.npy is being computed by process 12 on b. Wait for it, or choose another --out; if it no longer " +
      "runs, delete a.npy.rows.lock.",
  ],
])("EXPORT: names who computes the same file", (error, sentence) => {
  expect([error.code, error.message]).toEqual(["EXPORT", `${sentence} Nothing was written.`]);
});

it("PUSH: names an answer that does not end, and shows no token", () => {
  const failure = { hub: "https://hub", token: "hf_x" };
  const refused = (status: number | undefined, cause: Error) =>
    messages.notPushed("net", "me/net", { ...failure, status, cause }).message;
  expect(refused(undefined, messages.answerTooLong())).toContain(
    "me/net: the hub's answer does not end. The",
  );
  expect(refused(400, new Error("hf_x?"))).toContain("the hub answered with status 400 (<token>?). The");
});

it("PUSH: says that the folder is there, and what the hub said", () => {
  const hub = "https://hub";
  const offline = Object.assign(new TypeError("fetch failed"), { cause: { code: "ENOTFOUND" } });
  expect(
    messages.notPushed("net", "me/net", { status: undefined, hub, token: "hf_x", cause: offline }),
  ).toMatchObject({
    code: "PUSH",
    message:
      "net is written, and was not uploaded to me/net: https://hub cannot be reached (ENOTFOUND). The " +
      "repository has none of its files. Upload it later with: hf upload me/net net",
  });
});

it("has each of them here", async () => {
  const test = await readFile(new URL(import.meta.url), "utf8");
  expect(Object.keys(messages).filter((name) => !test.includes(`messages.${name}`))).toEqual([]);
});
