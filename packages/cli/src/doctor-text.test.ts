import { homedir } from "node:os";

import type { EngineCheck, EngineInfo } from "@tssl/engine";
import { describe, expect, it } from "vitest";

import { doctorReport } from "./doctor-report.ts";
import { doctorText } from "./doctor-text.ts";
import { fasterText } from "./faster-text.ts";

const ENGINE: EngineInfo = {
  ...{ device: "cpu", deviceName: "a processor", tfjsVersion: "4.22.0", threads: 2 },
  tensorflow: {
    ...{ version: "2.21.0", oneDnn: true, flavour: "cpu" },
    libraryFolder: `${homedir()}/.cache/tssl`,
  },
};
const CHECK: EngineCheck = {
  engine: ENGINE,
  cpu: { model: "a processor", count: 2, features: ["avx2"] },
  gpus: [],
  machine: {
    ...{ nvidia: undefined, hasNvidiaKernel: false, amd: [], amdDriver: undefined },
    ...{ isContainer: false, isWsl: false, visibleDevices: undefined },
  },
  convolutionError: 0,
  gflops: undefined,
  pjrt: undefined,
  problems: [],
};
const H100 = { name: "NVIDIA H100", major: 9, minor: 0, memory: 85e9 };
const WITH_GPU = { ...CHECK.machine, nvidia: { cuda: "13.0", version: "580.95.05", cards: [H100] } };
const accelerator = { deviceName: "NVIDIA H100", plugin: "plugin.so", cards: 1 };

describe("doctor", () => {
  it("says what computes and why", () => {
    const text = doctorText({ tssl: "0.1.0" }, CHECK);
    expect(text).toContain("\nGPUs         none found\n");
    expect(text).toContain("\nsteps        TensorFlow, mode graph (auto: oneDNN's convolutions are faster");
    const onGpu = doctorText(
      {},
      {
        ...CHECK,
        machine: WITH_GPU,
        engine: { ...ENGINE, accelerator },
        pjrt: { device: "gpu", deviceName: "NVIDIA H100 (PJRT 0.116, driver 580.95.05)" },
      },
    );
    expect(onGpu).toContain(
      "\nGPUs         NVIDIA H100 (compute capability 9.0, 85.0 GB), driver 580.95.05 for CUDA 13.0\n",
    );
    expect(onGpu).toContain("\ndevice       NVIDIA H100; besides steps, CPU, 2 threads\n");
    expect(onGpu).toContain("\nsteps        PJRT (auto: NVIDIA H100 was proved to compute)\n");
  });

  it.each<[string, string, Partial<EngineCheck>]>([
    ["a CPU", "a machine with a GPU; tssl inspect graph --card tells what one would take", {}],
    [
      "an old CPU",
      "a processor with AVX2, or a machine with a GPU; tssl inspect graph --card tells what one would take",
      { cpu: { ...CHECK.cpu, features: [] } },
    ],
    [
      "a GPU",
      "engine.precision bfloat16, or tf32: several times the rate of float32 on this GPU",
      { engine: { ...ENGINE, accelerator } },
    ],
    [
      "a GPU that is not used",
      "the GPU of this machine, once the problem below is solved",
      { engine: { ...ENGINE, gpuProblem: { problem: "It is old.", remedy: "Buy." } } },
    ],
    [
      "TensorFlow's GPU",
      "npx tssl-engine-setup --gpu, which needs no TensorFlow on the GPU",
      { engine: { ...ENGINE, device: "gpu" } },
    ],
    [
      "a hidden GPU",
      'the GPU, which CUDA_VISIBLE_DEVICES="-1" hides',
      { machine: { ...CHECK.machine, nvidia: { refusal: 100 }, visibleDevices: "-1" } },
    ],
  ])("says what is faster than %s", (_, sentence, change) => {
    expect(fasterText({ ...CHECK, ...change })).toBe(sentence);
  });

  it("reports what decides, without the user's name and other variables", () => {
    const report = doctorReport({ tssl: "0.1.0" }, CHECK, { XLA_FLAGS: "--a", HF_TOKEN: "secret" });
    expect(JSON.parse(report)).toMatchObject({
      tssl: "0.1.0",
      engine: { tensorflow: { libraryFolder: "~/.cache/tssl" } },
      environment: { XLA_FLAGS: "--a" },
    });
    expect(report).not.toContain("secret");
  });
});
