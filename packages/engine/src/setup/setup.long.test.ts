import fs from "node:fs";
import path from "node:path";

import { afterAll, describe, expect, it } from "vitest";

import type { EngineInfo } from "../engine-options.ts";
import { runProgram } from "./run-program.ts";
import { temporaryInstall } from "./temporary-install.test.data.ts";

// Downloads TensorFlow (up to 4 GB with --tensorflow-gpu) into a temporary folder: minutes, and up to 8 GB of
// disk.

const TRAIN_A_STEP = `
  import { startEngine } from "@tssl/engine";
  import * as tf from "@tensorflow/tfjs";
  const engine = await startEngine({ device: process.env.DEVICE });
  const w = tf.variable(tf.ones([3, 3, 1, 1]));
  const x = tf.ones([1, 4, 4, 1]);
  const loss = () => tf.conv2d(x, w, 1, "same").sum();
  const before = loss().dataSync()[0];
  tf.train.sgd(0.01).minimize(loss, false, [w]);
  console.log(JSON.stringify({ engine, before, after: loss().dataSync()[0] }));
`;

/** Opens the plugin of CUDA with NVIDIA's libraries, and says why it has no client. */
const LOAD_LIBRARIES = `
  import { createProgram, startRecorder } from "@tssl/engine";
  process.env.TSSL_PJRT_PLUGIN = process.env.PLUGIN;
  await startRecorder();
  try {
    createProgram({ state: {}, mode: "pjrt" });
  } catch (error) {
    console.log(/No visible GPU devices/.exec(error.message)?.[0] ?? error.message);
  }
`;

interface Trained {
  readonly engine: EngineInfo;
  readonly before: number;
  readonly after: number;
}

const MINUTES = 60_000;
const install = temporaryInstall();
afterAll(() => install.remove());

describe("the set-up for the CPU", () => {
  it(
    "goes from nothing to a training step that prints nothing of its own",
    async () => {
      expect(await install.setUp()).toMatchObject({ exitCode: 0 });
      const { exitCode, output } = await install.runModule(TRAIN_A_STEP);
      expect(exitCode).toBe(0);
      expectTrained(JSON.parse(output) as Trained, "cpu");
    },
    10 * MINUTES,
  );

  it("downloads, compiles and proves nothing the second time", async () => {
    const { exitCode, output } = await install.setUp([], { PATH: "" });
    expect(exitCode).toBe(0);
    expect(output).toMatch(/^The engine is ready: .*\n$/);
  });

  it(
    "finds a changed library with --verify and repairs it",
    async () => {
      const library = path.join(
        install.cache,
        "engine/tensorflow-2.21.0-cpu-linux-x64/tensorflow/libtensorflow_framework.so.2",
      );
      const { mtime } = fs.statSync(library);
      const file = fs.openSync(library, "r+");
      fs.writeSync(file, "damage", 1000);
      fs.closeSync(file);
      fs.utimesSync(library, mtime, mtime);
      const { exitCode, output } = await install.setUp(["--verify"]);
      expect(exitCode).toBe(0);
      expect(output).toMatch(/Downloading tensorflow-cpu/);
    },
    10 * MINUTES,
  );

  it(
    "closes what other users could change, and builds a changed addon anew",
    async () => {
      const START = `import { startEngine } from "@tssl/engine";
        await startEngine().then(() => console.log("started"), ({ code }) => console.log(code));`;
      const engine = path.join(install.cache, "engine");
      fs.chmodSync(engine, 0o777);
      expect((await install.runModule(START)).output).toBe("CACHE_OPEN\n");
      expect(await install.setUp()).toMatchObject({ exitCode: 0 });
      expect(fs.statSync(engine).mode & 0o022).toBe(0);
      expect((await install.runModule(START)).output).toBe("started\n");

      const [addon] = fs.readdirSync(path.join(engine, "addons"));
      fs.appendFileSync(path.join(engine, "addons", addon!, "tfjs_binding.node"), "x");
      expect((await install.runModule(START)).output).toBe("LIBRARY_BROKEN\n");
      expect((await install.setUp()).output).toMatch(/Compiling the addon/);
      expect((await install.runModule(START)).output).toBe("started\n");
    },
    5 * MINUTES,
  );

  it.each(["22", "24"])(
    "makes an engine that Node %s runs too, without a warning",
    async (version) => {
      const folder = path.join(install.folder, `node-${version}`);
      const { exitCode } = await runProgram("npm", [
        "install",
        "--prefix",
        folder,
        "--ignore-scripts=false",
        `node@${version}`,
      ]);
      expect(exitCode).toBe(0);
      const node = path.join(folder, "node_modules/node/bin/node");
      expect((await runProgram(node, ["--version"])).output).toMatch(`v${version}.`);
      expect(await install.setUp([], {}, node)).toMatchObject({ exitCode: 0 });
      const { output } = await install.runModule(TRAIN_A_STEP, {}, node);
      expectTrained(JSON.parse(output) as Trained, "cpu");
    },
    5 * MINUTES,
  );
});

describe("the set-up for a GPU", () => {
  it(
    "puts the plugin and NVIDIA's libraries where they find each other, and compiles for a card by them",
    async () => {
      const { exitCode, output } = await install.setUp(["--gpu", "--without-card"]);
      expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
      const [, plugin] = /^For a GPU that is elsewhere: (.*)$/m.exec(output)!;
      const packages = path.join(path.dirname(plugin!), "../..");
      for (const library of [
        "cu13/lib/libcublas.so.13",
        "cudnn/lib/libcudnn.so.9",
        "nccl/lib/libnccl.so.2",
      ]) {
        expect(fs.existsSync(path.join(packages, "nvidia", library))).toBe(true);
      }
      const { output: loaded } = await install.runModule(LOAD_LIBRARIES, { PLUGIN: plugin! });
      expect(loaded).toBe("No visible GPU devices\n");
      expect((await install.setUp(["--gpu", "--without-card"])).output).not.toContain("Downloading");
    },
    30 * MINUTES,
  );

  it(
    "trains on the CPU of a machine without a GPU, and says in one line that it has none",
    async () => {
      expect(await install.setUp(["--tensorflow-gpu", "--no-cuda-libraries"])).toMatchObject({ exitCode: 0 });
      expectTrained(JSON.parse((await install.runModule(TRAIN_A_STEP)).output) as Trained, "gpu");
      const { exitCode, output } = await install.runModule(
        `import { startEngine } from "@tssl/engine";
         await startEngine({ device: "gpu" }).then(
           () => console.log("has a GPU"),
           (error) => console.log(error.code, error.message),
         );`,
      );
      expect(exitCode).toBe(0);
      expect(output).toMatch(/^(has a GPU|NO_GPU A GPU was requested.*)\n$/);
    },
    15 * MINUTES,
  );

  it(
    "puts CUDA's libraries where TensorFlow looks for them",
    async () => {
      expect(await install.setUp(["--tensorflow-gpu"])).toMatchObject({ exitCode: 0 });
      const folder = path.join(install.cache, "engine/tensorflow-2.21.0-gpu-linux-x64");
      // TensorFlow's libraries search $ORIGIN/../nvidia/<project>/lib, so a library beside them finds these
      // by name alone.
      for (const library of [
        "cuda_runtime/lib/libcudart.so.12",
        "cudnn/lib/libcudnn.so.9",
        "cublas/lib/libcublas.so.12",
      ]) {
        expect(fs.existsSync(path.join(folder, "tensorflow/../nvidia", library))).toBe(true);
      }
      expectTrained(JSON.parse((await install.runModule(TRAIN_A_STEP)).output) as Trained, "gpu");
      expect((await install.setUp()).output).toMatch(/^The engine is ready: .* for GPU/); // stays what it was
    },
    30 * MINUTES,
  );
});

/** On ones, the gradient of each weight is the number of outputs it reaches; the loss is their sum. */
function expectTrained({ engine, before, after }: Trained, flavour: string): void {
  const reached = [9, 12, 9, 12, 16, 12, 9, 12, 9];
  const sum = reached.reduce((a, b) => a + b, 0);
  const squares = reached.reduce((a, b) => a + b * b, 0);
  expect(engine.tensorflow).toMatchObject({ flavour, version: "2.21.0" });
  expect(before).toBe(sum);
  expect(after).toBeCloseTo(sum - 0.01 * squares, 3);
}
