import type { CudaDriver } from "../cuda-driver.ts";
import type { EngineError } from "../errors.ts";
import {
  cardTooOld,
  driverLibraryMissing,
  driverRefuses,
  driverTooOld,
  gpusHidden,
  noGpuHere,
} from "../messages/no-gpu.ts";
import type { GpuMachine } from "./gpu-machine.ts";

/** The CUDA that the plugin and its libraries are made for: a driver from 580 on runs it. */
const NEEDED = { cuda: 13, driver: 580 } as const;
/** The oldest compute capability that the plugin has native code for: Turing. */
const OLDEST = { major: 7, minor: 5 } as const;

/** Why no plugin can compute on this machine's GPUs; undefined where one can. */
export function gpuRefusal(machine: GpuMachine): EngineError | undefined {
  const { nvidia, hasNvidiaKernel, amd, visibleDevices } = machine;
  if (nvidia === undefined && !hasNvidiaKernel) return amd.length > 0 ? undefined : noGpuHere(machine);
  if (visibleDevices !== undefined && /^(|-1)$/.test(visibleDevices.trim())) {
    return gpusHidden(visibleDevices);
  }
  if (nvidia === undefined) return driverLibraryMissing(machine);
  if ("refusal" in nvidia) return driverRefuses(nvidia.refusal, machine);
  if (nvidia.cards.length === 0) return noGpuHere(machine);
  return unfit(nvidia);
}

function unfit({ cuda, version, cards }: CudaDriver): EngineError | undefined {
  if (Number(cuda.split(".")[0]) < NEEDED.cuda) {
    return driverTooOld({ cuda, version }, { cuda: `${NEEDED.cuda}.0`, driver: NEEDED.driver });
  }
  const fits = cards.some(
    ({ major, minor }) => major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor),
  );
  return fits ? undefined : cardTooOld(cards[0]!, `${OLDEST.major}.${OLDEST.minor}`);
}
