import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { cpuPlugin } from "@tssl/engine/testing";
import { afterAll, expect, it } from "vitest";

import { ROOT } from "./pages.ts";

// Runs `npm run test:gpu -- --device cpu`: minutes, most of them XLA's compiler.

const plugin = await cpuPlugin();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tssl-gpu-test-"));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

it.skipIf(plugin === undefined)("the test of a GPU passes on a CPU", { timeout: 1_800_000 }, () => {
  const out = path.join(folder, "result.json");
  const script = path.join(ROOT, "bench/gpu/run.mjs");
  const { status, stderr } = spawnSync(process.execPath, [script, "--device", "cpu", "--out", out], {
    encoding: "utf8",
  });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  const { verdicts } = JSON.parse(fs.readFileSync(out, "utf8")) as { verdicts: Record<string, string> };
  expect(verdicts["golden float32"]).toMatch(/^(\d+) of \1 methods right/);
  expect(verdicts["kill and resume"]).toBe("the same bits as a run that was not stopped");
  expect(Object.values(verdicts).filter((text) => text.startsWith("FAILED"))).toEqual([]);
});
