import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { afterAll, beforeEach, describe, expect, it } from "vitest";

import { findAccelerator } from "../accelerator.ts";
import type { CudaCard } from "../cuda-driver.ts";
import { CUDA13, ROCM7 } from "../pjrt/plugins.ts";
import { cpuPlugin } from "../testing/index.ts";
import { proveDevice } from "./device-proof.ts";
import { deviceVerdict } from "./device-verdict.ts";
import { type GpuMachine, gpuMachine } from "./gpu-machine.ts";
import { gpuRefusal } from "./gpu-refusal.ts";
import { machineText, setupGpu } from "./gpu-setup.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tssl-gpu-setup-"));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const H100: CudaCard = { name: "NVIDIA H100 80GB HBM3", major: 9, minor: 0, memory: 84_942_979_072 };
const driver = (cards: readonly CudaCard[] = [H100], cuda = "13.0", version = "580.95.05") => ({
  cuda,
  version,
  cards,
});
const BARE: GpuMachine = {
  nvidia: undefined,
  hasNvidiaKernel: false,
  amd: [],
  amdDriver: undefined,
  isContainer: false,
  isWsl: false,
  visibleDevices: undefined,
};
const WITH_H100: GpuMachine = { ...BARE, nvidia: driver(), hasNvidiaKernel: true };
const PROOF = {
  ...{ deviceName: H100.name, devices: 1, platform: "cuda", apiVersion: "0.116" },
  ...{ deviation: 2e-7, isRepeatable: true },
};

describe("a machine is refused in a sentence with a remedy", () => {
  const CPU_REMEDY =
    'The CPU needs no more than "npx tssl-engine-setup"; --without-card fetches what a GPU needs all the ' +
    "same.";
  it.each<[string, Partial<GpuMachine>, string]>([
    ["no GPU", {}, `This machine shows no GPU: no driver of NVIDIA or AMD lists one. ${CPU_REMEDY}`],
    [
      "a container without GPUs",
      { isContainer: true },
      "This machine shows no GPU: no driver of NVIDIA or AMD lists one. Start the container with its GPUs " +
        `("docker run --gpus all", with NVIDIA_DRIVER_CAPABILITIES=compute,utility). ${CPU_REMEDY}`,
    ],
    [
      "a driver without its library",
      { hasNvidiaKernel: true },
      "NVIDIA's driver is in the kernel, but its library libcuda.so.1 cannot be loaded. Install NVIDIA's " +
        'driver, and see that "nvidia-smi" lists the GPU.',
    ],
    [
      "Windows without its driver",
      { hasNvidiaKernel: true, isWsl: true },
      "NVIDIA's driver is in the kernel, but its library libcuda.so.1 cannot be loaded. Install NVIDIA's " +
        'driver in Windows, and run "wsl --update" there.',
    ],
    [
      "hidden GPUs",
      { nvidia: { refusal: 100 }, hasNvidiaKernel: true, visibleDevices: "-1" },
      'CUDA_VISIBLE_DEVICES is "-1", which hides every GPU. Unset it, or name the GPUs to use: ' +
        "CUDA_VISIBLE_DEVICES=0.",
    ],
    [
      "a driver that was updated and not loaded",
      { nvidia: { refusal: 803 }, hasNvidiaKernel: true },
      "NVIDIA's driver does not start (CUDA error 803: its library and its kernel module are of different " +
        "versions). Restart the machine, or load the module anew.",
    ],
    [
      "an unknown error",
      { nvidia: { refusal: 999 }, hasNvidiaKernel: true },
      "NVIDIA's driver does not start (CUDA error 999). Install NVIDIA's driver, and see that " +
        '"nvidia-smi" lists the GPU.',
    ],
    [
      "an old driver",
      { nvidia: driver([H100], "12.8", "570.86.15"), hasNvidiaKernel: true },
      "NVIDIA's driver 570.86.15 runs CUDA 12.8 at most, and the plugin needs 13.0. Install driver 580 or " +
        'later. "npx tssl-engine-setup --tensorflow-gpu" takes TensorFlow\'s CUDA 12 instead.',
    ],
    [
      "an old card",
      { nvidia: driver([{ ...H100, name: "Tesla V100", major: 7 }]), hasNvidiaKernel: true },
      "Tesla V100 has compute capability 7.0, and the plugin has code from 7.5 on. Run " +
        '"npx tssl-engine-setup --tensorflow-gpu", whose TensorFlow has code from 6.0 on.',
    ],
  ])("%s", (_, machine, sentence) => {
    expect(gpuRefusal({ ...BARE, ...machine })).toMatchObject({ code: "NO_GPU", message: sentence });
  });

  it.each<[string, Partial<GpuMachine>]>([
    ["an H100", WITH_H100],
    [
      "an old card beside a new one",
      { nvidia: driver([{ ...H100, major: 6 }, H100]), hasNvidiaKernel: true },
    ],
    ["a Turing card", { nvidia: driver([{ ...H100, major: 7, minor: 5 }]), hasNvidiaKernel: true }],
    ["a card of AMD", { amd: ["gfx942"] }],
  ])("but not %s", (_, machine) => expect(gpuRefusal({ ...BARE, ...machine })).toBeUndefined());
});

describe("gpuMachine", () => {
  const root = path.join(folder, "root");
  const write = (file: string, text: string): void => {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), text);
  };
  beforeEach(() => fs.rmSync(root, { recursive: true, force: true }));

  it("of an empty machine has nothing", () => {
    fs.mkdirSync(root);
    expect(gpuMachine(root, () => undefined, {})).toEqual(BARE);
  });

  it("reads AMD's cards, not its processors, and where this process runs", () => {
    const node = "sys/class/kfd/kfd/topology/nodes";
    write(`${node}/0/properties`, "cpu_cores_count 64\ngfx_target_version 0\n");
    write(`${node}/1/properties`, "simd_count 1216\ngfx_target_version 90402\n");
    write(`${node}/2/properties`, "gfx_target_version 90010\n");
    write("sys/module/amdgpu/version", "6.12.12\n");
    write("proc/version", "Linux version 6.6.87-microsoft-standard-WSL2");
    write("proc/1/cgroup", "0::/docker/abc");
    write("dev/dxg", "");
    expect(gpuMachine(root, () => ({ refusal: 100 }), { CUDA_VISIBLE_DEVICES: "1" })).toEqual({
      nvidia: { refusal: 100 },
      hasNvidiaKernel: true,
      amd: ["gfx942", "gfx90a"],
      amdDriver: "6.12.12",
      isContainer: true,
      isWsl: true,
      visibleDevices: "1",
    });
  });

  it("is told in a line", () => {
    expect(machineText(WITH_H100)).toBe(
      "NVIDIA H100 80GB HBM3 (compute capability 9.0, 84.9 GB), driver 580.95.05 for CUDA 13.0",
    );
    const part = { ...H100, name: "NVIDIA H100 80GB HBM3 MIG 1g.10gb", memory: 10e9 };
    expect(machineText({ ...WITH_H100, nvidia: driver([part]), isContainer: true })).toMatch(
      /9\.0, 10\.0 GB, a part of a card \(MIG\)\), .*, in a container$/,
    );
    expect(machineText({ ...BARE, amd: ["gfx942"], amdDriver: "6.12.12" })).toBe(
      "AMD gfx942, driver 6.12.12",
    );
  });
});

describe("a proof in a process of its own", () => {
  const child = (source: string): string => {
    const file = path.join(folder, `child-${fs.readdirSync(folder).length}.mjs`);
    fs.writeFileSync(file, source);
    return file;
  };
  const told = (proof: object): string => child(`console.log(${JSON.stringify(JSON.stringify(proof))})`);

  it.each<[string, string, RegExp]>([
    [
      "is aborted",
      `console.error("CUDA_ERROR_LAUNCH_FAILED"); process.abort();`,
      /^A first step on the GPU failed: it ended by SIGABRT: CUDA_ERROR_LAUNCH_FAILED\. Report it with what/,
    ],
    [
      "refuses",
      `console.error(JSON.stringify({ problem: "The device is full.", remedy: "Free it." })); process.exit(1);`,
      /^A first step on the GPU failed: The device is full\. Free it\.$/,
    ],
    ["fails otherwise", `throw new Error("broken")`, /^A first step on the GPU failed: .+/],
    ["does not end", "setInterval(() => {}, 1000)", /failed: it did not end in 0\.05 minutes/],
    [
      "computes something else",
      `console.log(JSON.stringify({ deviation: 0.25 }))`,
      /failed: its numbers are off by 0\.25\./,
    ],
    [
      "computes what is no number",
      `console.log(JSON.stringify({ deviation: Infinity }))`, // JSON has null for it
      /failed: its numbers are off/,
    ],
  ])("that %s fails with a sentence", { timeout: 60_000 }, async (name, source, sentence) => {
    const minutes = name === "does not end" ? 0.05 : 1;
    await expect(proveDevice("plugin.so", child(source), minutes)).rejects.toMatchObject({
      code: "PROOF_FAILED",
      message: expect.stringMatching(sentence) as string,
    });
  });

  it("returns what a good one found, after what a library prints", async () => {
    expect(await proveDevice("plugin.so", told(PROOF))).toEqual(PROOF);
    const loud = child(`console.log("a banner\\n" + ${JSON.stringify(JSON.stringify(PROOF))})`);
    expect(await proveDevice("plugin.so", loud)).toEqual(PROOF);
  });

  it("is correct and repeatable on the plugin of a CPU", { timeout: 300_000 }, async (test) => {
    const plugin = await cpuPlugin();
    if (plugin === undefined) return test.skip();
    const built = new URL("../../dist/setup/device-proof-process.js", import.meta.url).pathname;
    const proof = await proveDevice(plugin, built);
    expect(proof).toMatchObject({ deviceName: "cpu", platform: "cpu", isRepeatable: true });
    expect(proof.deviation).toBeLessThan(1e-5);
  });
});

describe("a verdict", () => {
  const verdicts = path.join(folder, "verdicts");
  const plugin = path.join(folder, "plugin.so");
  const fails = () => proveDevice(plugin, path.join(folder, "nothing.mjs"));
  let proofs = 0;
  beforeEach(() => {
    proofs = 0;
    fs.rmSync(verdicts, { recursive: true, force: true });
    fs.writeFileSync(plugin, "plugin");
    fs.utimesSync(plugin, 1, 1);
  });
  const ask = async (machine = WITH_H100, again?: "failures" | "always", prove = works) =>
    deviceVerdict(plugin, machine, { folder: verdicts, prove, ...(again && { again }) });
  const works = () => {
    proofs++;
    return Promise.resolve(PROOF);
  };

  it("is remembered for a card, a driver and a plugin", async () => {
    const first = await ask();
    expect(first).toMatchObject({ works: true, proof: PROOF });
    expect(await ask()).toEqual(first);
    expect(await ask(WITH_H100, "failures")).toEqual(first);
    expect(proofs).toBe(1);
  });

  it.each<[string, () => GpuMachine]>([
    ["another card", () => ({ ...WITH_H100, nvidia: driver([{ ...H100, name: "NVIDIA H200" }]) })],
    ["another driver", () => ({ ...WITH_H100, nvidia: driver([H100], "13.0", "590.10") })],
    ["other visible cards", () => ({ ...WITH_H100, visibleDevices: "1" })],
    [
      "another plugin",
      () => {
        fs.utimesSync(plugin, 2, 2);
        return WITH_H100;
      },
    ],
    ...["{", "3", '{ "works": true }', '{ "works": false }'].map((damaged): [string, () => GpuMachine] => [
      `a damaged memory: ${damaged}`,
      () => {
        const [file] = fs.readdirSync(verdicts);
        fs.writeFileSync(path.join(verdicts, file!), damaged);
        return WITH_H100;
      },
    ]),
  ])("is asked for anew with %s", async (_, change) => {
    await ask();
    await ask(change());
    expect(proofs).toBe(2);
  });

  it("that is bad is remembered too, until it is asked for again", { timeout: 60_000 }, async () => {
    const bad = await ask(WITH_H100, undefined, fails);
    expect(bad).toMatchObject({ works: false, problem: expect.stringMatching(/^A first step/) as string });
    expect(await ask()).toEqual(bad);
    expect(await ask(WITH_H100, "failures")).toMatchObject({ works: true });
    await ask(WITH_H100, "always");
    expect(proofs).toBe(2);
  });

  it("makes the GPU what computes, or says why not", { timeout: 60_000 }, async () => {
    const find = (machine: GpuMachine, prove = works) =>
      findAccelerator({
        machine,
        plugin: path.join(folder, "xla_cuda_plugin.so"),
        verdictOf: (_, on) => deviceVerdict(plugin, on, { folder: verdicts, prove }),
      });
    expect(await find(BARE)).toEqual({ kind: "none" });
    expect(await find({ ...WITH_H100, visibleDevices: "" })).toEqual({ kind: "none" });
    expect(await find(WITH_H100)).toMatchObject({ kind: "ready", verdict: { works: true } });
    const old = { ...WITH_H100, nvidia: driver([H100], "12.8") };
    expect(await find(old)).toMatchObject({ kind: "unfit", error: { code: "NO_GPU" } });
    const other = { ...WITH_H100, nvidia: driver([{ ...H100, name: "NVIDIA B200", major: 10 }]) };
    expect(await find(other, fails)).toMatchObject({ kind: "unfit", error: { code: "PROOF_FAILED" } });
    expect(await findAccelerator({ machine: WITH_H100, plugin: "pjrt_c_api_cpu_plugin.so" })).toEqual({
      kind: "none",
    });
  });
});

describe("setupGpu", () => {
  const installed: string[] = [];
  const lines: string[] = [];
  beforeEach(() => {
    installed.length = 0;
    lines.length = 0;
  });
  const setUp = (machine: GpuMachine, options: object = {}) =>
    setupGpu({
      machine,
      log: (line) => void lines.push(line),
      install: ({ platform, libraries }) => {
        installed.push(`${platform} and ${libraries.length} libraries`);
        return Promise.resolve("plugin.so");
      },
      verdictOf: () => Promise.resolve({ works: true, proof: PROOF, provedAt: "now" }),
      ...options,
    });

  it("asks the driver, downloads, proves and says what it found", async () => {
    expect(await setUp(WITH_H100)).toMatchObject({ plugin: "plugin.so", verdict: { works: true } });
    expect(installed).toEqual([`cuda and ${CUDA13.libraries.length} libraries`]);
    expect(lines).toEqual([
      "NVIDIA H100 80GB HBM3 (compute capability 9.0, 84.9 GB), driver 580.95.05 for CUDA 13.0",
      "First steps are correct: 1 device, NVIDIA H100 80GB HBM3, off by 2e-7 from JavaScript, the same " +
        "bits each time",
    ]);
  });

  it("refuses before it downloads", async () => {
    await expect(setUp(BARE)).rejects.toMatchObject({ code: "NO_GPU" });
    expect(installed).toEqual([]);
  });

  it("downloads for a card that is elsewhere, and proves nothing", async () => {
    expect(await setUp(BARE, { withoutCard: true })).toEqual({ plugin: "plugin.so", verdict: undefined });
    expect(installed).toHaveLength(1);
  });

  it("takes AMD's plugin on AMD's cards, and says that it was never run", async () => {
    await setUp({ ...BARE, amd: ["gfx942"] });
    expect(installed).toEqual([`rocm and ${ROCM7.libraries.length} libraries`]);
    expect(lines[1]).toBe("AMD's plugin is pinned like NVIDIA's, and has not been run so far.");
  });

  it("fails with what the proof said", async () => {
    const bad = { works: false, problem: "It aborted.", remedy: "Update the driver.", provedAt: "now" };
    await expect(setUp(WITH_H100, { verdictOf: () => Promise.resolve(bad) })).rejects.toMatchObject({
      code: "PROOF_FAILED",
      message: "It aborted. Update the driver.",
    });
  });
});
