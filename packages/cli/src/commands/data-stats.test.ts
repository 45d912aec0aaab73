import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { parseYaml } from "@tssl/core/internal";
import { afterAll, beforeAll, expect, it } from "vitest";

import { warmTsslIn } from "../built-program.test.data.ts";

let folder: string;
const tssl = (...args: string[]) => warmTsslIn(folder, args);
const image = (name: string) =>
  fileURLToPath(new URL(`../../../core/fixtures/images/${name}`, import.meta.url));

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-stats-"));
  for (const name of ["flower-0.jpg", "temple-0.jpg"]) copyFileSync(image(name), path.join(folder, name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("prints what data.mean and data.deviation are to be", () => {
  const { code, out, err } = tssl("data", "stats", ".");
  expect(code, err).toBe(0);
  const [first, ...lines] = out.split("\n");
  expect(first).toBe("# of 2 images, 2,320 pixels, each counted alike");
  const json = JSON.parse(tssl("data", "stats", ".", "--json").out) as Record<"mean" | "deviation", number[]>;
  const digits = (values: number[]) => values.map((value) => Number(value.toFixed(4)));
  expect(parseYaml(lines.join("\n"))).toEqual({
    data: { mean: digits(json.mean), deviation: digits(json.deviation) },
  });
});

it("says what it leaves out, and refuses where nothing is left", () => {
  writeFileSync(path.join(folder, "no.jpg"), "none");
  const some = tssl("data", "stats", ".");
  expect(some.code).toBe(0);
  expect(some.err).toMatch(/1 image could not be decoded \(1 not an image\); left out: .*no\.jpg\./);
  for (const name of ["flower-0.jpg", "temple-0.jpg"]) rmSync(path.join(folder, name));
  const none = tssl("data", "stats", ".");
  expect(none.code).not.toBe(0);
  expect(none.err).toContain("None of 1 image can be decoded: nothing is measured. The first is ");
});
