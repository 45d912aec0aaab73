import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, expect, it } from "vitest";

import { lockTrials, lockTurns } from "./lock-trials.test.data.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tssl-lock-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  [2, 300],
  [4, 400],
])(
  "is taken by one of %i processes in each of %i trials",
  async (processes, trials) => {
    const file = path.join(folder, `of-${processes}`);
    expect(await lockTrials(file, processes, trials)).toEqual(Array(trials).fill(1));
    expect(await lockTurns(file, processes, 2000)).toBe(0);
  },
  300_000,
);
