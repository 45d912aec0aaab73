import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** One C++ file that is compiled by itself. */
export interface NativeUnit {
  readonly source: string;
  /** The flags of this unit alone. */
  readonly flags: readonly string[];
}

/** The processors that have kernels, by Node's names: folders of native/. */
export type KernelArch = "x64" | "arm64";

/**
 * The kernels of each instruction set have a unit of their own, and only that unit may use the instructions.
 * Every compiler shall fuse multiplications with additions in them, as GCC does by itself.
 */
const KERNEL_UNITS: Readonly<Record<KernelArch, readonly NativeUnit[]>> = {
  x64: [
    { source: "x64/avx2.cc", flags: ["-mavx2", "-mfma", "-ffp-contract=fast"] },
    {
      source: "x64/avx512.cc",
      flags: ["-mavx512f", "-mavx512dq", "-mavx512vl", "-mfma", "-ffp-contract=fast"],
    },
  ],
  arm64: [{ source: "arm64/neon.cc", flags: ["-ffp-contract=fast"] }],
};

/** The folder of the package's own C++ sources. */
export const nativeFolder = (): string => fileURLToPath(new URL("../../native", import.meta.url));

/** The units of the kernels for a processor; none for one that has no kernels. */
export function kernelUnits(arch: string = process.arch): readonly NativeUnit[] {
  const units = arch === "x64" || arch === "arm64" ? KERNEL_UNITS[arch] : [];
  return units.map(({ source, flags }) => ({ source: path.join(nativeFolder(), source), flags }));
}

/** The units in a folder that every processor compiles in the same way. */
export const commonUnits = (folder: string = nativeFolder()): readonly NativeUnit[] =>
  filesIn(folder, ".cc").map((source) => ({ source, flags: [] }));

/** The headers that lie beside the units of a folder. */
export const headersIn = (folder: string): readonly string[] => filesIn(folder, ".h");

function filesIn(folder: string, extension: string): string[] {
  const names = fs.readdirSync(folder).filter((name) => name.endsWith(extension));
  return names.sort().map((name) => path.join(folder, name));
}
