import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { cpuPlugin } from "@tssl/engine/testing";
import { afterAll, describe, expect, it } from "vitest";

import { tsslIn } from "./built-program.test.data.ts";
import { EXAMPLE, smallExample } from "./example-run.test.data.ts";
import { copyTrainAndTest } from "./few-images.test.data.ts";

const plugin = await cpuPlugin();
const folder = mkdtempSync(path.join(tmpdir(), "tssl-without-tensorflow-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Preloaded: this process finds no addon, as where TensorFlow was never set up. */
const HIDE = `const fs = require("node:fs");
const real = fs.realpathSync;
const hide = (file, ...rest) => {
  if (String(file).endsWith("tfjs_binding.node")) throw new Error("not there");
  return real(file, ...rest);
};
fs.realpathSync = Object.assign(hide, { native: real.native });
`;

const tssl = (command: string, ...more: string[]) =>
  tsslIn(folder, [...command.split(" "), ...more], {
    NODE_OPTIONS: `--require ${path.join(folder, "hide.cjs")}`,
    TSSL_PJRT_PLUGIN: plugin,
  });

// The tests go on from each other.
describe.skipIf(plugin === undefined)("without TensorFlow, on the plugin of a device", () => {
  it("trains", async () => {
    writeFileSync(path.join(folder, "hide.cjs"), HIDE);
    const data = await copyTrainAndTest(folder);
    const compiled = { "engine.mode": undefined };
    const flags = smallExample(data, { ...compiled, "engine.backend": "pjrt" });
    expect(tssl("train --out run", EXAMPLE, ...flags)).toMatchObject({ code: 0 });
    const cpu = tsslIn(folder, ["train", EXAMPLE, ...smallExample(data, compiled), "--out", "tensorflow"]);
    expect(cpu).toMatchObject({ code: 0 });
    const { out } = tssl("inspect run --json");
    const { status, environment } = JSON.parse(out) as { status: string; environment: object };
    expect(status).toBe("finished");
    expect(environment).toMatchObject({ mode: "pjrt" });
    expect(environment).not.toHaveProperty("TensorFlow");
  });

  it.each([
    "train --resume run",
    "evaluate knn run",
    "evaluate linear run",
    "evaluate svm run",
    "evaluate finetune run --epochs 1",
    "cluster run --clusters 3 --out clusters",
    "embed run test --out features.npy --near-duplicates --outliers 2",
    "export run --to safetensors,onnx,tfjs,page --out encoder",
    "report run",
  ])("%s", (command) => {
    const { code, err } = tssl(command);
    expect(code, err).toBe(0);
  });

  it.each(["replay run --step 3", "evaluate knn tensorflow"])("refuses: %s", (command) => {
    const { code, err } = tssl(command);
    expect(code).toBe(1);
    expect(err).toMatch(/not set up.* Run "npx tssl-engine-setup"\.\n\(NOT_SET_UP/);
  });
});
