import { beforeAll, describe, expect, it } from "vitest";

import { startEngine } from "../start.ts";
import { cpuPlugin } from "../testing/index.ts";
import { batchNorm } from "./batch-norm.test.cases.ts";
import { convolutions } from "./convolutions.test.cases.ts";
import { elementwise } from "./elementwise.test.cases.ts";
import { indexing } from "./indexing.test.cases.ts";
import { layerNorms } from "./layer-norm.test.cases.ts";
import { losses } from "./losses.test.cases.ts";
import { differences } from "./op-cases.test.data.ts";
import { reductions } from "./reductions.test.cases.ts";
import { resizing } from "./resizing.test.cases.ts";
import { shaping } from "./shaping.test.cases.ts";
import { windows } from "./windows.test.cases.ts";

beforeAll(() => startEngine({ device: "cpu" }));
const file = await cpuPlugin();

const families = {
  batchNorm,
  convolutions,
  elementwise,
  indexing,
  layerNorms,
  losses,
  reductions,
  resizing,
  shaping,
  windows,
};

describe.skipIf(file === undefined)("lowered ops agree with TensorFlow's own kernels", () => {
  for (const [family, cases] of Object.entries(families)) {
    it.each(Object.entries(cases))(`${family}: %s`, async (_, make) => {
      expect(await differences(file!, make())).toEqual([]);
    });
  }
});
