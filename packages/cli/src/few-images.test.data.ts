import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";

import { cifar10Subset } from "@tssl/demo-data";

/**
 * Makes `train` and `test` in a folder, with 12 and 5 images of each of four classes; returns a config's
 * `data`.
 */
export async function copyTrainAndTest(folder: string): Promise<{ train: string; test: string }> {
  const subset = await cifar10Subset();
  return {
    train: copyImages(subset.train, path.join(folder, "train"), 12),
    test: copyImages(subset.test, path.join(folder, "test"), 5),
  };
}

/**
 * Copies some real images of the first four class folders, enough for steps, kNN and a report; returns `to`.
 */
export function copyImages(from: string, to: string, perClass: number): string {
  for (const name of readdirSync(from).slice(0, 4)) {
    mkdirSync(path.join(to, name), { recursive: true });
    for (const file of readdirSync(path.join(from, name)).slice(0, perClass)) {
      copyFileSync(path.join(from, name, file), path.join(to, name, file));
    }
  }
  return to;
}
