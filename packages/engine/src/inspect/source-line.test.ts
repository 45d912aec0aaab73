import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, expect, it } from "vitest";

import { sourceLines } from "./source-line.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-lines-"));
  mkdirSync(path.join(folder, "dist"));
  // In base 64 VLQ: from column 0 of the first generated line on, the first source's third line; of the
  // second, its fourth.
  const map = { version: 3, sources: ["../loss.ts"], names: [], mappings: "AAEA;AACA" };
  writeFileSync(path.join(folder, "dist/loss.js.map"), JSON.stringify(map));
  writeFileSync(path.join(folder, "dist/gone.js.map"), JSON.stringify({ ...map, sources: ["../gone.ts"] }));
  writeFileSync(path.join(folder, "loss.ts"), "");
});
afterAll(() => rmSync(folder, { recursive: true }));

it("finds the line that was written", () => {
  const lineOf = sourceLines();
  expect(lineOf(`${folder}/dist/loss.js:1:1`)).toBe(`${folder}/loss.ts:3:1`);
  expect(lineOf(`${folder}/dist/loss.js:2:7`)).toBe(`${folder}/loss.ts:4:1`);
});

it("leaves a place as it is where there is no map, or no source", () => {
  const lineOf = sourceLines();
  expect(lineOf(`${folder}/dist/gone.js:1:1`)).toBe(`${folder}/dist/gone.js:1:1`);
  expect(lineOf(`${folder}/loss.ts:2:5`)).toBe(`${folder}/loss.ts:2:5`);
  expect(lineOf("somewhere")).toBe("somewhere");
});
