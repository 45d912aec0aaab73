import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";

/** Copies some real images of the first four class folders: enough for steps, kNN and a report. @returns `to` */
export function copyImages(from: string, to: string, perClass: number): string {
  for (const name of readdirSync(from).slice(0, 4)) {
    mkdirSync(path.join(to, name), { recursive: true });
    for (const file of readdirSync(path.join(from, name)).slice(0, perClass)) {
      copyFileSync(path.join(from, name, file), path.join(to, name, file));
    }
  }
  return to;
}
