import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";

import { askCudaDriver, cudaDriver, visibleCards } from "./cuda-driver.ts";
import { findCompiler } from "./setup/compiler.ts";

/**
 * A driver of two cards, of which CARDS says how many there are; INIT is what it says at the beginning, and
 * MONITOR what NVML does.
 */
const DRIVER = `
#include <cstdlib>
#include <cstring>
static int setting(const char* name) { const char* set = getenv(name); return set ? atoi(set) : 0; }
extern "C" {
int cuInit(unsigned) { return setting("INIT"); }
int cuDriverGetVersion(int* version) { *version = 13010; return 0; }
int cuDeviceGetCount(int* count) { *count = setting("CARDS"); return 0; }
int cuDeviceGet(int* device, int place) { *device = 40 + place; return 0; }
int cuDeviceGetName(char* name, int, int device) {
  strcpy(name, device == 40 ? "NVIDIA H100 80GB HBM3" : "NVIDIA GeForce RTX 5090");
  return 0;
}
int cuDeviceTotalMem_v2(size_t* bytes, int device) {
  *bytes = device == 40 ? 84942979072ull : 34190458880ull;
  return 0;
}
int cuDeviceGetAttribute(int* value, int attribute, int device) {
  const int capability = device == 40 ? 90 : 120;
  *value = attribute == 75 ? capability / 10 : attribute == 76 ? capability % 10 : -1;
  return 0;
}
int cuDeviceGetUuid_v2(unsigned char* uuid, int device) { memset(uuid, device, 16); return 0; }
int nvmlInit_v2() { return setting("MONITOR"); }
int nvmlShutdown() { return 0; }
int nvmlSystemGetDriverVersion(char* version, unsigned) { strcpy(version, "580.95.05"); return 0; }
}
`;

describe("cudaDriver", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tssl-driver-"));
  const library = path.join(folder, "libcuda.so.1");
  beforeAll(async () => {
    const source = path.join(folder, "driver.cc");
    fs.writeFileSync(source, DRIVER);
    const [program, ...parameters] = (await findCompiler()).command;
    execFileSync(program!, [...parameters, "-shared", "-fPIC", "-o", library, source]);
  });
  afterEach(() => void vi.unstubAllEnvs());
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  /** Asks in this process's environment, which the library reads. */
  const ask = (init: number, cards: number, monitor = 0) => {
    vi.stubEnv("INIT", String(init));
    vi.stubEnv("CARDS", String(cards));
    vi.stubEnv("MONITOR", String(monitor));
    return askCudaDriver([path.join(folder, "nowhere.so"), library], [library]);
  };

  it("tells the driver's CUDA, and name, compute capability and memory of each card", () => {
    expect(ask(0, 2)).toEqual({
      cuda: "13.1",
      version: "580.95.05",
      cards: [
        { name: "NVIDIA H100 80GB HBM3", major: 9, minor: 0, memory: 84_942_979_072 },
        { name: "NVIDIA GeForce RTX 5090", major: 12, minor: 0, memory: 34_190_458_880 },
      ],
    });
  });

  it("tells each card from all others", () => {
    ask(0, 2);
    expect(visibleCards([library])).toEqual(["28".repeat(16), "29".repeat(16)]);
    ask(803, 2);
    expect(visibleCards([library])).toEqual([]);
    expect(visibleCards([path.join(folder, "nowhere.so")])).toEqual([]);
  });

  it("tells why the driver does not start, and is undefined where there is none", () => {
    expect(ask(803, 2)).toEqual({ refusal: 803 });
    expect(askCudaDriver([path.join(folder, "nowhere.so")])).toBeUndefined();
    expect(cudaDriver([library])).toBeUndefined(); // it still refuses
  });

  it("tells of no card where a driver has none", () => {
    expect(ask(0, 0)).toEqual({ cuda: "13.1", version: "580.95.05", cards: [] });
  });

  it("tells no version of a driver whose NVML does not start", () => {
    expect(ask(0, 0, 9)).toEqual({ cuda: "13.1", version: undefined, cards: [] });
  });
});
