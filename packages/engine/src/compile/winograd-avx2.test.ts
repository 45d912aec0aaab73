import { beforeAll, expect, it } from "vitest";

import { startEngine } from "../start.ts";
import { expectDefinition, winogradCases, winogradConvolution } from "./winograd.test.cases.ts";

beforeAll(() => {
  process.env["ONEDNN_MAX_CPU_ISA"] = "AVX2"; // read when the library loads
  return startEngine({ device: "cpu" });
});

it.each(winogradCases)("a processor without AVX-512 computes the same: $what", async (size) => {
  const { computed, sameAgain } = await winogradConvolution(size);
  expectDefinition(size, computed);
  expect(sameAgain).toBe(true);
});
