import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { EngineErrorCode } from "../errors.ts";
import { notSetUp } from "../messages/not-set-up.ts";
import { makeFolder, requireFreeSpace } from "./cache-folder.ts";
import { supportedPlatform } from "./platform.ts";
import { type TemporaryInstall, temporaryInstall } from "./temporary-install.test.data.ts";

let install: TemporaryInstall;
beforeAll(() => {
  install = temporaryInstall();
});
afterAll(() => install.remove());

/** A folder for PATH that holds nothing but the named programs. */
function onlyPrograms(...names: string[]): string {
  const folder = fs.mkdtempSync(path.join(install.folder, "path-"));
  for (const name of names)
    fs.symlinkSync(execFileSync("which", [name], { encoding: "utf8" }).trim(), path.join(folder, name));
  return folder;
}

async function expectOneLine(pattern: RegExp, env: NodeJS.ProcessEnv): Promise<void> {
  const { exitCode, output } = await install.setUp([], { CXX: "", TSSL_PYTHON: "", ...env });
  expect(
    output
      .trimEnd()
      .split("\n")
      .filter((line) => !line.startsWith("Downloading")),
  ).toEqual([expect.stringMatching(pattern)]);
  expect(exitCode).toBe(1);
}

describe("tssl-engine-setup says in one line", () => {
  it("that there is no compiler", () =>
    expectOneLine(/^A C\+\+ compiler is needed .* apt install g\+\+/, { PATH: onlyPrograms() }));

  it("that CXX is no compiler", () =>
    expectOneLine(/^A C\+\+ compiler .* but nowhere did not/, { CXX: "nowhere" }));

  it("that there is no Python", () =>
    expectOneLine(/^Python 3 with pip is needed .* apt install python3/, { PATH: onlyPrograms("g++") }));

  it("that Python has no pip", () => {
    const python = path.join(install.folder, "python-without-pip");
    fs.writeFileSync(python, '#!/bin/sh\n[ "$1" = -c ] && echo 3\n[ "$1" = -c ]\n', { mode: 0o755 });
    return expectOneLine(/python-without-pip needs pip 20\.3 or later, but has no pip/, {
      TSSL_PYTHON: python,
    });
  });

  it("that the index cannot be reached", () =>
    expectOneLine(/^The Python package index cannot be reached/, {
      PIP_CONFIG_FILE: os.devNull,
      PIP_INDEX_URL: "http://127.0.0.1:9/simple",
      PIP_EXTRA_INDEX_URL: "",
      PIP_FIND_LINKS: "",
      PIP_RETRIES: "0",
    }));

  it("that the cache folder cannot be made", () => {
    const file = path.join(install.folder, "a-file");
    fs.writeFileSync(file, "");
    return expectOneLine(/^The cache folder .*a-file.* is not writable .* set TSSL_CACHE/, {
      TSSL_CACHE: file,
    });
  });

  it("that tfjs-node is not installed", async () => {
    const [there, away] = ["tfjs-node-gpu", "away"].map((name) =>
      path.join(install.folder, "node_modules/@tensorflow", name),
    );
    fs.renameSync(there!, away!);
    await expectOneLine(/^The npm package @tensorflow\/tfjs-node-gpu is not installed/, {});
    fs.renameSync(away!, there!);
  });

  it("that a flag is unknown", async () => {
    const { exitCode, output } = await install.setUp(["--quick"]);
    expect(exitCode).toBe(1);
    expect(output).toMatch(/^Unknown option '--quick'.*\n$/);
  });
});

it("starting without a set-up says in one line to run it", async () => {
  const { output } = await install.runModule(
    `import { startEngine } from "@tssl/engine"; await startEngine().catch((error) => ` +
      "console.log(error.code, error.message));",
  );
  expect(output).toBe(`NOT_SET_UP ${notSetUp(undefined).message}\n`);
});

describe("supportedPlatform", () => {
  it("takes Linux with a glibc from 2.27 on", () => {
    expect(supportedPlatform({ platform: "linux", arch: "x64", glibc: "2.27" })).toBe("linux-x64");
    expect(supportedPlatform({ platform: "linux", arch: "arm64", glibc: "2.39" })).toBe("linux-arm64");
  });

  it.each([
    ["Windows", { platform: "win32", arch: "x64", glibc: undefined }],
    ["macOS", { platform: "darwin", arch: "arm64", glibc: undefined }],
    ["another processor", { platform: "linux", arch: "riscv64", glibc: "2.39" }],
    ["musl", { platform: "linux", arch: "x64", glibc: undefined }],
    ["an old glibc", { platform: "linux", arch: "x64", glibc: "2.17" }],
  ])("refuses %s", (_name, machine) => {
    const code: EngineErrorCode = "UNSUPPORTED_PLATFORM";
    expect(() => supportedPlatform(machine)).toThrow(expect.objectContaining({ code }));
  });
});

it("refuses a disk with too little space", () => {
  const data: unknown = expect.objectContaining({ folder: install.folder, needed: 1e18 });
  expect(() => requireFreeSpace(install.folder, 1e18)).toThrow(
    expect.objectContaining({ code: "DISK_FULL", data }),
  );
  expect(() => requireFreeSpace(install.folder, 0)).not.toThrow();
  expect(() => makeFolder(path.join(install.folder, "new"))).not.toThrow();
});
