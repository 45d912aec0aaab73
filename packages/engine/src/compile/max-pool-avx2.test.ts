import { beforeAll, expect, it } from "vitest";

import { startEngine } from "../start.ts";
import { computePooling, poolingByDefinition, poolingCases } from "./max-pool.test.cases.ts";

beforeAll(() => {
  process.env["ONEDNN_MAX_CPU_ISA"] = "AVX2"; // read when the library loads
  return startEngine({ device: "cpu" });
});

it.each(poolingCases)("a processor without AVX-512 pools the same: $image, size $size", async (example) => {
  expect(await computePooling(example, "graph")).toEqual(poolingByDefinition(example));
});
