import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, expect, it } from "vitest";

import { train } from "./train.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tssl-example-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const folders = {
  images: fileURLToPath(new URL("../../packages/core/fixtures/images", import.meta.url)),
  run: path.join(folder, "run"),
  mirror: path.join(folder, "mirror"),
};
const own = path.join(folders.run, "checkpoints");

/** Eight images in batches of four, for two epochs. */
const KEPT = [
  "step-0000003.json",
  "step-0000003.safetensors",
  "step-0000004.json",
  "step-0000004.safetensors",
];

it("keeps the same checkpoints in both places, and goes on from the second", async () => {
  expect(await train(folders)).toMatchObject({ status: "finished", steps: 4 });
  for (const place of [own, folders.mirror]) expect(readdirSync(place).sort()).toEqual(KEPT);
  for (const name of KEPT) {
    const [first, second] = [own, folders.mirror].map((place) => readFileSync(path.join(place, name)));
    expect(second!.equals(first!), name).toBe(true);
  }
  expect(existsSync(path.join(folders.run, "report.html"))).toBe(true);

  for (const name of KEPT) rmSync(path.join(own, name));
  for (const name of KEPT.slice(2)) rmSync(path.join(folders.mirror, name));
  expect(await train(folders, true)).toMatchObject({ status: "finished", steps: 4 });
  const rows = readFileSync(path.join(folders.run, "metrics.jsonl"), "utf8").trim().split("\n");
  expect(rows.map((row) => (JSON.parse(row) as { step: number }).step)).toEqual([1, 2, 3, 4]);
});
