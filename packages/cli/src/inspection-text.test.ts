import { definePlugin, linearHead } from "@tssl/core";
import { inspectRun, parseConfig, sgd } from "@tssl/core/run";
import { meanColour } from "@tssl/core/testing";
import { startEngine, type EngineInfo } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { inspectionText } from "./inspection-text.ts";
import { table } from "./table.ts";

let engine: EngineInfo;
beforeAll(async () => void (engine = await startEngine({ device: "cpu" })));

/** The smallest method: the mean square of what a network makes of a view. */
const pull = definePlugin<object>({
  name: "pull",
  options: { type: "object", additionalProperties: false, required: [], properties: {} } as const,
  views: () => ({ image: { recipe: [{ op: "centerCrop", size: 4 }] } }),
  setup(build) {
    const network = build.network("network", { head: linearHead({ dim: 2 }) });
    return {
      network,
      step: ({ views }) => ({
        terms: { size: { loss: tf.mean<tf.Scalar>(tf.square(network.embed(views["image"]!))) } },
      }),
    };
  },
});
const config = parseConfig(
  {
    epochs: 1,
    batchSize: 6,
    data: { train: "/nowhere" },
    encoder: { use: meanColour },
    plugins: [{ use: pull }],
    optimizer: { use: sgd, lr: 0.1 },
  },
  { plugins: {}, encoders: {}, optimizers: {} },
  "test",
);
/** A second view, of patches, which nobody reads. */
const withPatches = definePlugin<object>({
  ...pull,
  views: (options, facts) => ({
    ...pull.views!(options, facts),
    tiles: {
      recipe: [
        { op: "centerCrop", size: 8 },
        { op: "patches", rows: 3, columns: 2, size: 4, stride: 2 },
      ],
    },
  }),
});
const textOf = async (mode: "graph" | "xla") =>
  inspectionText(config, engine, await inspectRun(config, { mode, steps: 1 }));

describe("inspectionText", () => {
  it("shows the contents of a graph and the costs of its ops", async () => {
    const text = await textOf("graph");
    expect(text).toContain("pull, mean-colour, batch 6; views in pixels: image 4\nmode graph on CPU");
    expect(text.match(/^[A-Z]{4,}(?: [A-Z]+)+/gm)).toEqual([
      "RECORDED STEP",
      "TIME ON THIS MACHINE",
      "COSTLIEST OP TYPES",
      "COSTLIEST LINES",
      "COSTLIEST NODES",
    ]);
    // Five products: two forward, three for gradients.
    expect(text).toMatch(/^BatchMatMulV2 +5 /m);
    expect(text).toMatch(/\[6, 3\] \[3, 4\] → \[6, 4\]\n +forward of pull\.network\.encoder\.fc\.weight, /);
  });

  it("names the number of patches and their side", async () => {
    const inspection = await inspectRun(
      { ...config, plugins: [{ plugin: withPatches, options: {} }] },
      { mode: "graph", steps: 1 },
    );
    expect(inspection.views).toEqual({ image: [4, 4, 3], tiles: [6, 4, 4, 3] });
    expect(inspectionText(config, engine, inspection)).toContain(
      "views in pixels: image 4, tiles 6 patches of 4\n",
    );
  });

  it("fits into 100 columns", async () => {
    const long = (await textOf("graph")).split("\n").filter((line) => line.length > 100);
    expect(long).toEqual([]);
  });

  it("says that XLA's program is one call, and shows the recorded ops", async () => {
    const text = await textOf("xla");
    expect(text).toContain("XLA compiled the step into one program");
    expect(text).toMatch(/^BatchMatMulV2 +5 /m);
    expect(text).toMatch(/^StatefulPartitionedCall +1 /m);
    expect(text).not.toContain("COSTLIEST NODES");
  });
});

describe("table", () => {
  it("aligns the first column left and the others right, as wide as their widest cell", () => {
    expect(table([["op", "ms"], ["Conv2D", "10.00"], ["Add"]])).toBe("op         ms\nConv2D  10.00\nAdd");
  });

  it("aligns each column as it is told", () => {
    expect(table([["1", "a", "x"], ["10", "bb", "y"]], "rlr")).toBe(" 1  a   x\n10  bb  y"); // prettier-ignore
  });
});
