import { mkdir } from "node:fs/promises";
import path from "node:path";

import { encodeSafetensors, type NamedArray, readSafetensors } from "../files/safetensors.ts";
import { writeWhole } from "../files/write-whole.ts";

const fileOf = (runFolder: string): string =>
  path.join(runFolder, "features", "settled-statistics.safetensors");

/**
 * Keeps the running statistics by which a run evaluates its untrained encoder, by name: whoever makes that
 * encoder again needs neither the training images nor their views. Writes nothing where there are none.
 *
 * @throws what the system says, such as ENOSPC.
 */
export async function keepSettledStatistics(
  runFolder: string,
  statistics: ReadonlyMap<string, Float32Array>,
): Promise<void> {
  if (statistics.size === 0) return;
  const arrays = [...statistics].map(([name, data]): [string, NamedArray] => [
    name,
    { shape: [data.length], data },
  ]);
  await mkdir(path.dirname(fileOf(runFolder)), { recursive: true });
  await writeWhole(fileOf(runFolder), encodeSafetensors(Object.fromEntries(arrays)));
}

/**
 * The statistics that a run has kept; none where its networks have no batch norm, or it is of an earlier
 * version.
 */
export async function readSettledStatistics(
  runFolder: string,
): Promise<Readonly<Record<string, NamedArray>>> {
  return (await readSafetensors(fileOf(runFolder))) ?? {};
}
