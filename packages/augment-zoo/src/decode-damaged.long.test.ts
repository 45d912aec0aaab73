import { spawnSync } from "node:child_process";

import { expect, it } from "vitest";

import { decodeDamaged } from "./testing/decode-damaged.ts";

it("10,000 damaged files are decoded or refused, in bounded memory", { timeout: 600_000 }, async () => {
  await decodeDamaged(0, 500);
  const before = process.memoryUsage().rss;
  const { wrong } = await decodeDamaged(500, 10_000);
  expect(wrong).toEqual([]);
  // One image within the limit takes 400 MB while it is decoded; nothing of it stays.
  expect(process.memoryUsage().rss - before).toBeLessThan(600e6);
});

it("the libraries below write nothing to the terminal about damaged files", { timeout: 600_000 }, () => {
  const module = new URL("../dist/testing/decode-damaged.js", import.meta.url).href;
  const source = `import { decodeDamaged } from "${module}"; await decodeDamaged(20_000, 10_000);`;
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", source], {
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
});
