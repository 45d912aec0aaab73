import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { buildAddon } from "./addon.ts";

let base: string;
let calls: string;

beforeEach(() => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), "tssl-addon-"));
  calls = path.join(base, "calls");
  fs.mkdirSync(path.join(base, "bin"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(base, { recursive: true, force: true });
});

/**
 * Puts a compiler in CXX that notes each call and writes what it is asked to, except from a source that it
 * refuses.
 */
function useCompiler(version: string, { name = "compiler", refuses = "nothing" } = {}): void {
  const file = path.join(base, "bin", name);
  const script = `#!/bin/bash
if [ "$1" = --version ]; then echo "compiler ${version}"; exit; fi
echo "$@" >> ${calls}
case "$*" in *${refuses}*) echo "error: refused"; exit 1;; esac
while [ "$1" != -o ]; do shift; done
echo object > "$2"
`;
  fs.writeFileSync(file, script, { mode: 0o755 });
  vi.stubEnv("CXX", file);
}

const build = (): Promise<string> =>
  buildAddon({
    flavour: "cpu",
    libraryFolder: path.join(base, "tensorflow"),
    folder: path.join(base, "addons"),
    log: () => undefined,
  });

/** What the compiler was asked for since this was last asked. */
function taken(): string[] {
  if (!fs.existsSync(calls)) return [];
  const lines = fs.readFileSync(calls, "utf8").trim().split("\n");
  fs.rmSync(calls);
  return lines;
}

it("gives each unit its own flags, and one addon for each version of the compiler", async () => {
  useCompiler("1");
  const first = await build();
  const lines = taken();
  const flagged = (flag: string): string[] =>
    lines.filter((line) => line.includes(flag)).map((line) => /(\w+)\.cc/.exec(line)![1]!);
  if (process.arch === "x64") {
    expect(flagged("-mavx2")).toEqual(["avx2"]);
    expect(flagged("-mavx512f")).toEqual(["avx512"]);
  }
  expect(lines.filter((line) => line.includes("-shared"))).toHaveLength(1);
  expect(fs.readdirSync(path.dirname(first)).sort()).toEqual(["addon.json", "tfjs_binding.node"]);

  expect(await build()).toBe(first);
  expect(taken()).toEqual([]);

  useCompiler("2");
  const second = await build();
  expect(second).not.toBe(first);
  expect(taken()).toHaveLength(lines.length);

  useCompiler("1");
  expect(await build()).toBe(first);
  expect(taken()).toEqual([]);
});

it("takes a link for the compiler that it leads to", async () => {
  useCompiler("1");
  const first = await build();
  fs.symlinkSync(process.env["CXX"]!, path.join(base, "bin/c++"));
  vi.stubEnv("CXX", "c++");
  vi.stubEnv("PATH", `${path.join(base, "bin")}:${process.env["PATH"]}`);
  expect(await build()).toBe(first);
  useCompiler("1", { name: "another" });
  expect(await build()).not.toBe(first);
});

it("takes what is there where there is no compiler any more", async () => {
  vi.stubEnv("CXX", "nowhere");
  await expect(build()).rejects.toMatchObject({ code: "COMPILER_MISSING" });
  useCompiler("1");
  const addon = await build();
  vi.stubEnv("CXX", "nowhere");
  expect(await build()).toBe(addon);
});

it("says which error stopped the compiler, and leaves nothing half made", async () => {
  useCompiler("1", { refuses: "parallel.cc" });
  await expect(build()).rejects.toMatchObject({
    code: "COMPILE_FAILED",
    message: expect.stringContaining("(error: refused)") as string,
  });
  const [folder] = fs.readdirSync(path.join(base, "addons"));
  expect(fs.readdirSync(path.join(base, "addons", folder!))).toEqual([]);
  expect(taken().some((line) => line.includes("-shared"))).toBe(false);
});
