import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { expect, it } from "vitest";

import { programDisposed } from "../messages/computing.ts";
import { deviceFailed } from "../messages/device.ts";
import { encodeCompileOptions, type XlaFlags } from "./compile-options.ts";
import { deviceFlags, firstAccepted, REPEATABLE_ON_GPU } from "./device-flags.ts";

const PLUGIN = "jax_plugins/xla_cuda13/xla_cuda_plugin.so";

it("are those of a processor, or of a GPU with kernels that give the same bits each time", () => {
  expect(deviceFlags("cpu", "plugin.so")).toEqual({
    repeatable: [{ xla_cpu_enable_fast_min_max: false }],
    files: {},
  });
  const gpu = {
    xla_gpu_exclude_nondeterministic_ops: true,
    xla_disable_hlo_passes: "rematerialization",
  };
  expect(deviceFlags("cuda", path.join("/nowhere", PLUGIN))).toEqual({
    repeatable: [gpu, { ...gpu, xla_gpu_enable_triton_gemm: false }],
    files: {},
  });
});

it("name CUDA's folder beside a plugin", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tssl-flags-"));
  fs.mkdirSync(path.join(folder, "nvidia/cu13"), { recursive: true });
  expect(deviceFlags("cuda", path.join(folder, PLUGIN)).files).toEqual({
    xla_gpu_cuda_data_dir: path.join(folder, "nvidia/cu13"),
  });
  fs.rmSync(folder, { recursive: true, force: true });
});

it("are tried in turn, as long as XLA refuses them", async () => {
  const tried: XlaFlags[] = [];
  const refusing =
    (times: number, error = deviceFailed("Client_Compile", "UNIMPLEMENTED", "no")) =>
    (flags: XlaFlags): Promise<string> => {
      tried.push(flags);
      return tried.length <= times ? Promise.reject(error) : Promise.resolve("compiled");
    };
  expect(await firstAccepted(REPEATABLE_ON_GPU, refusing(1))).toBe("compiled");
  expect(tried).toEqual(REPEATABLE_ON_GPU);
  tried.length = 0;
  await expect(firstAccepted(REPEATABLE_ON_GPU, refusing(2))).rejects.toMatchObject({
    code: "STEP_NOT_COMPILED",
  });
  tried.length = 0;
  await expect(firstAccepted(REPEATABLE_ON_GPU, refusing(1, programDisposed()))).rejects.toThrow("disposed");
  expect(tried).toHaveLength(1);
});

// CompileOptionsProto of XLA: field 3 is ExecutableBuildOptionsProto (device_ordinal 1, num_replicas 4,
// num_partitions 5); field 7 is a map from a name to OptionOverrideProto (text 1, flag 2, integer 3, number
// 4).
it("are written as XLA's messages ask for", () => {
  const bytes = Buffer.from(
    encodeCompileOptions({ flags: { on: true, level: 4 }, files: { to: "f" } }),
  ).toString("hex");
  const build = "1a0f08ffffffffffffffffff0120012801";
  const entry = (name: string, value: string): string => {
    const key = Buffer.from(name).toString("hex");
    const byte = (length: number): string => length.toString(16).padStart(2, "0");
    const body = `0a${byte(name.length)}${key}12${byte(value.length / 2)}${value}`;
    return `3a${byte(body.length / 2)}${body}`;
  };
  expect(bytes).toBe(build + entry("on", "1001") + entry("level", "1804") + entry("to", "0a0166"));
});
