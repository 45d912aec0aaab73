import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { installedAddon, LIBRARIES, sha256OfAddon } from "./installed.ts";
import { describeAddon } from "./setup/addon.ts";
import { TENSORFLOW_VERSION } from "./setup/wheels.ts";

const npm = vi.hoisted(() => ({ folder: "", addonLink: "", version: "4.22.0" }));
vi.mock("./tfjs-node.ts", () => ({ findTfjsNode: () => npm }));

let base: string;
let addon: string;
let libraryFolder: string;

beforeEach(() => {
  base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "tssl-installed-")));
  addon = path.join(base, "cache/engine/addons/cpu/tfjs_binding.node");
  libraryFolder = path.join(base, "cache/engine/tensorflow-cpu/tensorflow");
  for (const file of [addon, ...LIBRARIES.map((name) => path.join(libraryFolder, name))]) {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o755 });
    fs.writeFileSync(file, "code", { mode: 0o644 });
  }
  describeAddon(addon, { ...description(), sha256: sha256OfAddon(addon) });
  Object.assign(npm, { folder: base, addonLink: path.join(base, "link.node") });
  fs.symlinkSync(addon, npm.addonLink);
});
afterEach(() => fs.rmSync(base, { recursive: true, force: true }));

const description = () =>
  ({
    flavour: "cpu",
    tensorflowVersion: TENSORFLOW_VERSION,
    tfjsNodeVersion: npm.version,
    libraryFolder,
  }) as const;

it("is what the set-up described", () => {
  expect(installedAddon()).toMatchObject(description());
});

it.each(["cache", "cache/engine", "cache/engine/addons/cpu", "cache/engine/tensorflow-cpu"])(
  "is refused where all may write to %s",
  (folder) => {
    fs.chmodSync(path.join(base, folder), 0o777);
    expect(installedAddon).toThrow(
      expect.objectContaining({ code: "CACHE_OPEN", data: { path: path.join(base, folder), mode: "777" } }),
    );
  },
);

it("is refused where it is not as it was built", () => {
  fs.appendFileSync(addon, "x");
  expect(installedAddon).toThrow(expect.objectContaining({ code: "LIBRARY_BROKEN", data: { addon } }));
});

it("is refused where a library is missing", () => {
  fs.rmSync(path.join(libraryFolder, LIBRARIES[1]!));
  expect(installedAddon).toThrow(expect.objectContaining({ code: "NOT_SET_UP" }));
});
