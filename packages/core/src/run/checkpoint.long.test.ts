import { stat, truncate } from "node:fs/promises";
import path from "node:path";

import { expect, it } from "vitest";

import { refusedWith } from "../testing/refusal.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { aCheckpoint } from "./checkpoint.test.data.ts";
import { readCheckpoint, saveCheckpoint } from "./checkpoint.ts";

/** Bytes: more than Node hashes, reads or writes at once. */
const LARGE = 2.2 * 2 ** 30;

it("a checkpoint of more than 2 GiB is saved and read, and found out where it is cut short", async () => {
  const folder = await temporaryFolder();
  try {
    const data = new Float32Array(LARGE / 4);
    [data[0], data[data.length - 1]] = [3, 7];
    const bank = { shape: [data.length], data };
    const name = "step-0000003";
    await saveCheckpoint(folder.path, name, { bank, small: { shape: [1], data: Int32Array.of(5) } }, aCheckpoint({ step: 3 })); // prettier-ignore
    const file = path.join(folder.path, `${name}.safetensors`);
    const { size } = await stat(file);
    expect(size).toBeGreaterThan(LARGE);
    const { snapshot } = await readCheckpoint(folder.path, name);
    const read = snapshot["bank"]!.data;
    expect([read.length, read[0], read.at(-1)]).toEqual([data.length, 3, 7]);
    expect(snapshot["small"]).toEqual({ shape: [1], data: Int32Array.of(5) });
    await truncate(file, size - 4);
    expect(await refusedWith(() => readCheckpoint(folder.path, name))).toEqual({
      code: "CHECKPOINT_DAMAGED",
      data: { file, found: size - 4, written: size },
    });
  } finally {
    await folder.remove();
  }
}, 600_000);
