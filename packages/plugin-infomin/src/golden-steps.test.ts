import { assertGoldenSteps, goldenModes } from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import { beforeAll, describe, it } from "vitest";

import { goldenCases } from "./golden.ts";

beforeAll(() => startEngine({ device: "cpu" }));

describe.each(goldenCases)("$name", ({ plugins, golden, inputs }) => {
  it.each(goldenModes)("are PyTorch's: mode %s", async (mode) => {
    await assertGoldenSteps(plugins, golden, mode, inputs?.());
  });
});
