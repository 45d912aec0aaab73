import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

import { changeableByOthers } from "../changeable-by-others.ts";
import { makeFolders } from "../make-folders.ts";
import { cacheFolder } from "../setup/cache-folder.ts";
import { sha256Of } from "../sha256.ts";
import type { XlaFlags } from "./compile-options.ts";

/**
 * On a GPU XLA times several kernels for an op and takes the fastest: another process may take others, and
 * round otherwise. So what was taken is kept, for one card, driver and plugin, and used again.
 */
export interface Tuning {
  /** Stands for what is kept: where it was lost, there is another. */
  readonly id: string;
  /** Flags for a compile: what to begin with, and where to write what is found. */
  flags(): XlaFlags;
  /** Takes over what a compile wrote. */
  keep(): void;
  /** Forgets what is kept, which XLA does not accept. */
  drop(): void;
}

/**
 * @param of what kernels depend on: card, driver, plugin.
 * @param folder default: one in the user's cache.
 * @returns undefined where nothing can be kept.
 */
export function tuningOf(
  of: readonly unknown[],
  folder = path.join(cacheFolder(), "tuned"),
): Tuning | undefined {
  const stem = path.join(folder, sha256Of(JSON.stringify(of)).toString("hex"));
  const [results, written, name] = [`${stem}.txt`, `${stem}.${process.pid}.new.txt`, `${stem}.id`];
  try {
    makeFolders(folder);
    if (!isOwn(results)) fs.rmSync(results, { force: true });
    if (!fs.existsSync(results) || !isOwn(name)) fs.writeFileSync(name, randomUUID(), { mode: 0o600 });
    const id = fs.readFileSync(name, "utf8");
    return {
      id,
      flags: () => ({
        xla_gpu_dump_autotune_results_to: written,
        ...(fs.existsSync(results) ? { xla_gpu_load_autotune_results_from: results } : {}),
      }),
      keep() {
        // Another process may have written meanwhile; what it compiled is in the cache of programs.
        if (fs.existsSync(written)) fs.renameSync(written, results);
      },
      drop: () => fs.rmSync(results, { force: true }),
    };
  } catch {
    return undefined; // A full disk: programs run all the same.
  }
}

/** Whether a file is there, and no other user of this machine could have written it. */
const isOwn = (file: string): boolean => fs.existsSync(file) && changeableByOthers([file], 1) === undefined;
