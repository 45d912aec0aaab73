import fs from "node:fs";

import { smallConvNet } from "@tssl/core/testing";
import { startEngine, startRecorder } from "@tssl/engine";
import { expect, it } from "vitest";

import { compositions } from "./compositions.test.data.ts";
import { recordedRun } from "./recordings.test.data.ts";

/** Every plugin; the long test takes all compositions, with every encoder. */
const names = ["moco + clsa", "simclr", "byol", "instdisc", "swav, queue and phases"];
const chosen = compositions.filter(({ name }) => names.includes(name));
const recordAll = async (options: { readonly check?: boolean } = {}) => {
  const runs = [];
  for (const composition of chosen) runs.push(await recordedRun(composition, { use: smallConvNet }, options));
  return runs;
};

it("first values and recorded steps are the same without TensorFlow and with it", async () => {
  await startRecorder();
  const without = await recordAll();
  expect(fs.readFileSync("/proc/self/maps", "utf8")).not.toMatch(/libtensorflow/);
  await startEngine({ device: "cpu" });
  const under = await recordAll({ check: true });
  expect(chosen).toHaveLength(5);
  expect(without).toEqual(under);
  expect(Object.keys(without[4]!.steps)).toHaveLength(8); // two in each of SwAV's three phases
});
