import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { changeableByOthers } from "./changeable-by-others.ts";

let base: string;
let file: string;
const folder = (): string => path.dirname(file);
beforeEach(() => {
  base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "tssl-own-")));
  file = path.join(base, "addons", "addon.node");
  fs.mkdirSync(folder(), { mode: 0o755 });
  fs.writeFileSync(file, "", { mode: 0o644 });
});
afterEach(() => fs.rmSync(base, { recursive: true, force: true }));

it("is nothing that its owner alone may write, nor what lies in a sticky folder", () => {
  expect(changeableByOthers([file], 2)).toBe(undefined);
  fs.chmodSync(base, 0o1777);
  expect(changeableByOthers([file], 2)).toBe(undefined);
});

it("is a file, or a folder above it, that all may write", () => {
  fs.chmodSync(base, 0o777);
  expect(changeableByOthers([file], 1)).toBe(undefined); // not looked at
  expect(changeableByOthers([file], 2)).toEqual({ path: base, mode: "777" });
  fs.chmodSync(file, 0o666);
  expect(changeableByOthers([file], 2)).toEqual({ path: file, mode: "666" });
  fs.symlinkSync(file, path.join(base, "link"));
  expect(changeableByOthers([path.join(base, "link")], 0)).toEqual({ path: file, mode: "666" });
});

const isRoot = process.getuid!() === 0;

it.runIf(isRoot)("is what a group may write, unless it is the owner's own", () => {
  fs.chmodSync(folder(), 0o775);
  expect(changeableByOthers([file], 2)).toBe(undefined); // root and its group
  fs.chownSync(folder(), 0, 100);
  expect(changeableByOthers([file], 2)).toEqual({ path: folder(), mode: "775" });
});

it.runIf(isRoot)("is what belongs to another user, unless that one is trusted", () => {
  fs.chownSync(file, 4711, 4711);
  expect(changeableByOthers([file], 2)).toEqual({ path: file, owner: 4711 });
  expect(changeableByOthers([file], 2, [4711])).toBe(undefined);
});
