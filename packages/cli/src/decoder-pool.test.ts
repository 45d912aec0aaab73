import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";

import { expect, it } from "vitest";

import { tsslIn } from "./built-program.test.data.ts";

it("the program has two threads for decoding for each core, and four more, unless told otherwise", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "tssl-pool-"));
  const probe = path.join(folder, "probe.cjs");
  const told = path.join(folder, "threads");
  writeFileSync(
    probe,
    `const fs = require("node:fs");
     process.on("exit", () => fs.writeFileSync(${JSON.stringify(told)}, String(fs.readdirSync("/proc/self/task").length)));`,
  );
  const threadsWith = (size: string | undefined): number => {
    const env = { NODE_OPTIONS: `--require ${probe}`, UV_THREADPOOL_SIZE: size };
    expect(tsslIn(folder, ["--version"], env).code).toBe(0);
    return Number(readFileSync(told, "utf8"));
  };
  const least = threadsWith("1");
  expect(threadsWith(undefined) - least).toBe(2 * availableParallelism() + 4 - 1);
  expect(threadsWith("9") - least).toBe(8);
  rmSync(folder, { recursive: true });
});
