import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import type { RunInspection } from "@tssl/core/run";
import type { ChromeTrace } from "@tssl/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { warmTsslIn } from "../built-program.test.data.ts";
import { mustBeACount } from "../messages/option-values.ts";

const BATCH = 16;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-inspect-"));
  writeFileSync(
    path.join(folder, "config.yaml"),
    `data: { train: ./not-there }
imageSize: 32
epochs: 1
batchSize: ${BATCH}
encoder: { use: resnet20, widths: [4, 4, 8] }
plugins: [{ use: moco, queueSize: 64, dim: 16 }]
optimizer: { use: sgd, lr: 0.1 }
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inspect = (...args: string[]) => warmTsslIn(folder, ["inspect", "graph", ...args]);

/** FLOPs of a convolution of a batch: side of the result, side of the filter, channels in and out. */
const conv = (side: number, filter: number, from: number, to: number) =>
  2 * BATCH * side * side * filter * filter * from * to;
const stem = conv(32, 3, 3, 4);
/**
 * ResNet-20 of widths 4, 4, 8: six 3x3 convolutions a stage, the last two stages with a 1x1 beside their
 * first block.
 */
const encoder =
  stem +
  6 * conv(32, 3, 4, 4) +
  (6 * conv(16, 3, 4, 4) + conv(16, 1, 4, 4)) +
  (conv(8, 3, 4, 8) + 5 * conv(8, 3, 8, 8) + conv(8, 1, 4, 8));

describe("tssl inspect graph", () => {
  it("prints what the step of a config does, without its data", () => {
    const { code, out, err } = inspect("config.yaml", "--steps", "1", "--trace", "trace.json");
    expect(err).toBe("recording the step, then running it …\n");
    expect(code).toBe(0);
    expect(out).toContain(`moco, resnet20, batch ${BATCH}; views in pixels: query 32, key 32\n`);
    const giga = (flops: number) => (flops / 1e9).toFixed(3);
    // Queries and keys: two networks of 21 convolutions; gradients of one, and none by the images.
    expect(out).toMatch(new RegExp(`^Conv2D +42 .* ${giga(2 * encoder)} `, "m"));
    expect(out).toMatch(new RegExp(`^Conv2DBackpropFilter +21 .* ${giga(encoder)} `, "m"));
    expect(out).toMatch(new RegExp(`^Conv2DBackpropInput +20 .* ${giga(encoder - stem)} `, "m"));
    expect(out).toMatch(/4\.10 KB {2}float32\[64, 16\] +moco\.keys\.rows +read, assigned\n/);
    expect(out).toMatch(/^Conv2D \(oneDNN\) +42 /m);
    expect(out).toContain("Trace: trace.json, for https://ui.perfetto.dev");

    const trace = JSON.parse(readFileSync(path.join(folder, "trace.json"), "utf8")) as ChromeTrace;
    const convolutions = trace.traceEvents.filter(({ ph, name }) => ph === "X" && name === "Conv2D");
    expect(convolutions).toHaveLength(42);
    // The line that was written, not the one of the build that ran.
    for (const { args } of convolutions) expect(args["line"]).toMatch(/networks\/layers\.ts:\d+:\d+$/);
  });

  it("prints everything as one JSON object", () => {
    const { code, out, err } = inspect("config.yaml", "--steps", "2", "--json", "--set", "batchSize=8");
    expect(err).toBe("");
    expect(code).toBe(0);
    const { graph, nodes, milliseconds, trace, views } = JSON.parse(out) as RunInspection;
    expect(views).toEqual({ query: [32, 32, 3], key: [32, 32, 3] });
    expect(graph.types.find(({ op }) => op === "Conv2D")).toMatchObject({ ops: 42, flops: encoder });
    expect(graph.types.find(({ op }) => op === "Conv2DBackpropFilter")!.flops).toBe(encoder / 2);
    expect(nodes).toHaveLength(graph.total.ops);
    expect(milliseconds.warm).toHaveLength(2);
    expect(trace.filter(({ op }) => op === "Conv2D")).toHaveLength(42);
  });

  it("refuses words and configs that it cannot do, with exit code 2", () => {
    expect(inspect("config.yaml", "--mode", "eager")).toMatchObject({ code: 2, out: "" });
    expect(inspect("config.yaml", "--steps", "0").err).toContain(mustBeACount(10_000).message);
    const wrong = inspect("config.yaml", "--set", "batchSize=0");
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain("batchSize: must be >= 2, got 0");
  });
});
