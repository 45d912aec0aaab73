import { koffi } from "./foreign-functions.ts";
import { range } from "./range.ts";

/** A GPU as NVIDIA's driver describes it. */
export interface CudaCard {
  readonly name: string;
  /** Compute capability: 9.0 is Hopper, 10.0 and 12.0 are Blackwell. */
  readonly major: number;
  readonly minor: number;
  /** Bytes. */
  readonly memory: number;
}

export interface CudaDriver {
  /** The newest CUDA that the driver runs: "13.0". */
  readonly cuda: string;
  /** The driver's own version: "580.95.05"; undefined where it does not say. */
  readonly version: string | undefined;
  /** The GPUs that this process may use: CUDA_VISIBLE_DEVICES hides others. */
  readonly cards: readonly CudaCard[];
}

/** A driver that is there and does not start, with its error's number: 100 is that it finds no GPU. */
export interface RefusingDriver {
  readonly refusal: number;
}

/** A library: found by the system, or under the Windows Subsystem for Linux. */
const placesOf = (name: string): readonly string[] => [name, `/usr/lib/wsl/lib/${name}`];

/** Numbers of the attributes that say a card's compute capability. */
const [MAJOR, MINOR] = [75, 76];
const LONGEST_NAME = 256;
const UUID_BYTES = 16;

/**
 * Asks NVIDIA's driver for its GPUs, without CUDA's libraries.
 *
 * @returns undefined without a driver, or with one that does not start.
 */
export function cudaDriver(libraries?: readonly string[]): CudaDriver | undefined {
  const answer = askCudaDriver(libraries);
  return answer === undefined || "refusal" in answer ? undefined : answer;
}

/** As `cudaDriver`, with the reason why a driver does not start. @returns undefined without a driver. */
export function askCudaDriver(
  libraries: readonly string[] = placesOf("libcuda.so.1"),
  monitors: readonly string[] = placesOf("libnvidia-ml.so.1"),
): CudaDriver | RefusingDriver | undefined {
  const driver = started(libraries);
  if (driver === undefined || "refusal" in driver) return driver;
  const { call, devices } = driver;
  const version = numberFrom((target) => call("int cuDriverGetVersion(void*)")(target));
  const getName = call("int cuDeviceGetName(void*, int, int)");
  const getMemory = call("int cuDeviceTotalMem_v2(void*, int)");
  const getAttribute = call("int cuDeviceGetAttribute(void*, int, int)");

  const cards = devices.map((device): CudaCard => {
    const name = new Uint8Array(LONGEST_NAME);
    getName(name, LONGEST_NAME, device);
    const memory = new BigUint64Array(1);
    getMemory(memory, device);
    return {
      name: textIn(name),
      major: numberFrom((target) => getAttribute(target, MAJOR, device)),
      minor: numberFrom((target) => getAttribute(target, MINOR, device)),
      memory: Number(memory[0]),
    };
  });
  return {
    cuda: `${Math.floor(version / 1000)}.${Math.floor((version % 1000) / 10)}`,
    version: driverVersion(monitors),
    cards,
  };
}

/**
 * What tells each GPU that this process may use from all others of the world, in their order. Processes that
 * are shown different GPUs by the same number, as in containers, have different ones here.
 *
 * @returns UUIDs in hexadecimal digits; none without a driver.
 */
export function visibleCards(libraries: readonly string[] = placesOf("libcuda.so.1")): readonly string[] {
  const driver = started(libraries);
  if (driver === undefined || "refusal" in driver) return [];
  const getId = driver.call("int cuDeviceGetUuid_v2(void*, int)");
  return driver.devices.map((device) => {
    const id = new Uint8Array(UUID_BYTES);
    getId(id, device);
    return Buffer.from(id).toString("hex");
  });
}

interface StartedDriver {
  /** A function of the driver, by its signature in C. */
  readonly call: (signature: string) => (...args: unknown[]) => number;
  /** Handles of the GPUs. */
  readonly devices: readonly number[];
}

function started(libraries: readonly string[]): StartedDriver | RefusingDriver | undefined {
  const driver = open(libraries);
  if (driver === undefined) return undefined;
  const call = (signature: string) => driver.func(signature) as (...args: unknown[]) => number;
  const refusal = call("int cuInit(unsigned int)")(0);
  if (refusal !== 0) return { refusal };
  const getDevice = call("int cuDeviceGet(void*, int)");
  const count = numberFrom((target) => call("int cuDeviceGetCount(void*)")(target));
  const devices = range(count).map((place) => numberFrom((target) => getDevice(target, place)));
  return { call, devices };
}

/** What a function of the driver writes; 0 where it fails. */
function numberFrom(ask: (target: Int32Array) => number): number {
  const target = new Int32Array(1);
  return ask(target) === 0 ? target[0]! : 0;
}

/** NVML's answer: "580.95.05". */
function driverVersion(libraries: readonly string[]): string | undefined {
  const monitor = open(libraries);
  if (monitor === undefined) return undefined;
  const call = (signature: string) => monitor.func(signature) as (...args: unknown[]) => number;
  const text = new Uint8Array(LONGEST_NAME);
  if (call("int nvmlInit_v2()")() !== 0) return undefined;
  const failed = call("int nvmlSystemGetDriverVersion(void*, unsigned int)")(text, LONGEST_NAME);
  call("int nvmlShutdown()")();
  return failed === 0 ? textIn(text) : undefined;
}

/** Text that ends with a zero. */
const textIn = (bytes: Uint8Array): string =>
  new TextDecoder().decode(bytes.subarray(0, Math.max(0, bytes.indexOf(0))));

function open(libraries: readonly string[]): ReturnType<typeof koffi.load> | undefined {
  for (const library of libraries) {
    try {
      return koffi.load(library);
    } catch {
      // It is elsewhere, or nowhere.
    }
  }
  return undefined;
}
