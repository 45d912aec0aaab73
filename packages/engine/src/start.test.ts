import * as tf from "@tensorflow/tfjs";
import { describe, expect, it, vi } from "vitest";

import { checkEngine, problemsOf } from "./check.ts";
import { invalidThreads } from "./messages/options.ts";
import { runProgram } from "./setup/run-program.ts";
import { startEngine } from "./start.ts";

const ENGINE = new URL("../dist/index.js", import.meta.url).href;

/** Runs source that may use `startEngine` in a fresh process, since an engine starts once per process. */
const inFreshProcess = (source: string, env: NodeJS.ProcessEnv = {}): ReturnType<typeof runProgram> =>
  runProgram(
    process.execPath,
    ["--input-type=module", "--eval", `import { startEngine } from ${JSON.stringify(ENGINE)}; ${source}`],
    { ...process.env, ...env },
  );

describe("startEngine", () => {
  it("makes TensorFlow the backend and says what it started", async () => {
    const engine = await startEngine({ device: "cpu" });
    expect(engine).toMatchObject({
      device: "cpu",
      tfjsVersion: "4.22.0",
      tensorflow: { version: "2.21.0", oneDnn: true, flavour: "cpu" },
    });
    expect(tf.getBackend()).toBe("tensorflow");
    expect(tf.add(1, 2).dataSync()[0]).toBe(3);
  });

  it("returns the same to a second call, and refuses other options", async () => {
    const first = await startEngine({ device: "cpu" });
    expect(await startEngine({ device: "cpu", gpuMemoryGrowth: true })).toBe(first);
    await expect(startEngine({ device: "cpu", threads: 1 })).rejects.toMatchObject({
      code: "ALREADY_STARTED",
    });
  });

  it("writes nothing to the terminal", async () => {
    expect(await inFreshProcess(`await startEngine();`)).toEqual({ exitCode: 0, output: "" });
  });

  it("lets the library's log through when it is asked for", async () => {
    const { output } = await inFreshProcess(`await startEngine();`, { TF_CPP_MIN_LOG_LEVEL: "0" });
    expect(output).toMatch(/oneDNN custom operations are on/);
  });

  it("gives one op as many threads as it is told", async () => {
    const threadsOfProcess = async (threads: number): Promise<number> => {
      const { output } = await inFreshProcess(`
        import fs from "node:fs";
        await startEngine({ threads: ${threads} });
        console.log(fs.readdirSync("/proc/self/task").length);
      `);
      return Number(output);
    };
    // Two pools, one for ops at a time and one within an op.
    expect((await threadsOfProcess(5)) - (await threadsOfProcess(1))).toBe(8);
  });

  it("takes backend auto for TensorFlow where that is what it chooses", async () => {
    const { output } = await inFreshProcess(`
      await startEngine({ backend: "tensorflow" });
      const { accelerator } = await startEngine({ backend: "auto" });
      console.log(accelerator);
      await startEngine({ backend: "auto", tf32: true }).catch((error) => console.log(error.code));
    `);
    expect(output).toBe("undefined\nALREADY_STARTED\n");
  });

  it("may be asked for another device where one was refused", async () => {
    const { output } = await inFreshProcess(`
      await startEngine({ device: "gpu", backend: "auto" }).catch(() => console.log("refused"));
      const { device } = await startEngine({ device: "cpu" });
      console.log(device);
    `);
    expect(output).toBe("refused\ncpu\n");
  });

  it("refuses an impossible number of threads", async () => {
    const { output } = await inFreshProcess(
      `await startEngine({ threads: 0 }).catch((error) => console.log(error.code, error.message));`,
    );
    expect(output).toBe(`INVALID_OPTION ${invalidThreads(0).message}\n`);
  });
});

describe("checkEngine", () => {
  it("holds a convolution to known values and measures its speed", async () => {
    const check = await checkEngine({ device: "cpu" });
    expect(check.convolutionError).toBe(0);
    expect(check.gflops!.forward).toBeGreaterThan(0.1);
    expect(check.gflops!.forwardAndBackward).toBeGreaterThan(0.1);
    expect(check.cpu.count).toBeGreaterThan(0);
  });

  it("names what is wrong with the plugin of a device", async () => {
    vi.stubEnv("TSSL_PJRT_PLUGIN", "/nowhere/plugin.so");
    const { pjrt, problems } = await checkEngine({ device: "cpu" });
    expect(pjrt).toBeUndefined();
    expect(problems.map(({ problem }) => problem)).toContain(
      "The device plugin /nowhere/plugin.so cannot be loaded (there is no such file).",
    );
    vi.unstubAllEnvs();
  });

  it("names each problem with a remedy", () => {
    const tensorflow = { version: "2.21.0", oneDnn: true, flavour: "cpu", libraryFolder: "." } as const;
    const engine = { device: "cpu", tensorflow, threads: 4 } as const;
    const cpu = { model: "any", count: 2, features: ["avx2"] };
    expect(problemsOf({ ...engine, threads: 2 }, 0, { cpu, gpus: [] })).toEqual([]);
    const problems = problemsOf(engine, 0.5, { cpu: { ...cpu, features: [] }, gpus: ["A GPU"] });
    expect(problems.map(({ remedy }) => remedy)).toEqual(
      expect.arrayContaining([
        expect.stringContaining("--verify"),
        expect.stringContaining("--gpu"),
        expect.stringContaining("at most 2 threads"),
      ]),
    );
    const gpuProblem = { problem: "The driver is old.", remedy: "Update it." };
    const hardware = { cpu, gpus: ["A GPU"] };
    expect(problemsOf({ ...engine, threads: 2, gpuProblem }, 0, hardware)).toEqual([gpuProblem]);
    const accelerator = { deviceName: "A GPU", plugin: "plugin.so", cards: 1 };
    expect(problemsOf({ ...engine, threads: 2, accelerator }, 0, hardware)).toEqual([]);
  });
});
