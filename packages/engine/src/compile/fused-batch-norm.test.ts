import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { batchNormTraining } from "../ops/batch-norm.ts";
import { relu } from "../ops/relu.ts";
import { sizeOf } from "../shapes/shape.ts";
import { startEngine } from "../start.ts";
import { fill, numericGradient } from "../testing/index.ts";
import type { Step } from "./compiled-step.ts";
import {
  batchNormByDefinition,
  batchNormCases,
  batchNormInputs,
  batchNormStep,
  computeBatchNorm,
  requireClose,
  type Following,
  following,
} from "./fused-batch-norm.test.cases.ts";
import { withFusedBatchNorm } from "./fused-batch-norm.ts";
import { inBfloat16 } from "./mixed-precision.ts";
import { recordStep } from "./record.ts";

beforeAll(() => startEngine({ device: "cpu" }));

describe.each(batchNormCases)("batch norm in one op with what follows: $what", (size) => {
  it.each(following)("is the definition's, and so are its gradients: followed by %s", async (after) => {
    const inputs = batchNormInputs(size);
    const computed = await computeBatchNorm("graph", after, inputs);
    requireClose(computed, batchNormByDefinition(after, inputs), 5e-6);
    requireClose(computed, await computeBatchNorm("eager", after, inputs), 5e-6);
  });
});

describe("batch norm in one op with what follows", () => {
  const size = { what: "", images: 2, height: 31, width: 33, channels: 24 };

  it.each(following)("has the gradients of central differences: followed by %s", (after) => {
    // Of the definition, to which the others hold the op.
    const inputs = batchNormInputs({ what: "", images: 2, height: 3, width: 2, channels: 3 });
    const weights = inputs["dy"]!.values.map(
      (value, i) => value + (after === "both" ? inputs["more"]!.values[i]! : 0),
    );
    const exact = batchNormByDefinition(after, inputs);
    for (const [name, gradient] of [
      ["x", "dx"],
      ["gamma", "dgamma"],
      ["beta", "dbeta"],
      ["s", "ds"],
    ] as const) {
      const loss = (values: Float64Array) => {
        const given = { ...inputs, [name]: { values } };
        return batchNormByDefinition(after, given)["y"]!.reduce((sum, y, i) => sum + y * weights[i]!, 0);
      };
      const numeric = numericGradient(loss, Float64Array.from(inputs[name]!.values), 1e-6);
      requireClose({ [gradient]: Float32Array.from(exact[gradient]!) }, { [gradient]: numeric }, 1e-5);
    }
  });

  it("keeps its precision far from zero", async () => {
    // x = 1000 ± 1 is rounded to 2^-14, so its deviation is known to about 1e-5 of its size.
    const inputs = batchNormInputs(size, 1000);
    const { newVariance, y } = await computeBatchNorm("graph", "nothing", inputs);
    const exact = batchNormByDefinition("nothing", inputs);
    requireClose({ newVariance: newVariance! }, { newVariance: exact["newVariance"]! }, 1e-6);
    requireClose({ y: y! }, { y: exact["y"]! }, 1e-4);
  });

  it("gives channels that are the same everywhere a variance of zero", async () => {
    const inputs = batchNormInputs(size);
    const x = { ...inputs["x"]!, values: inputs["x"]!.values.map((_, i) => 0.1 + (i % 24)) };
    const { y, dx } = await computeBatchNorm("graph", "nothing", { ...inputs, x });
    const beta = inputs["beta"]!.values;
    requireClose({ y: y! }, { y: y!.map((_, i) => beta[i % 24]!) }, 1e-6);
    expect(dx!.every(Number.isFinite)).toBe(true);
  });

  it("lets NaN through the relu", async () => {
    const inputs = batchNormInputs(size);
    const x = { ...inputs["x"]!, values: inputs["x"]!.values.map((value, i) => (i === 5 ? NaN : value)) };
    const { y } = await computeBatchNorm("graph", "relu", { ...inputs, x });
    expect([y![5], y![5 + 24]]).toEqual([NaN, NaN]);
    expect(y![6]).not.toBeNaN();
  });

  it("gives the same bits for any number of threads", () => {
    const script = fileURLToPath(
      new URL("../../dist/compile/fused-batch-norm.test.bits.js", import.meta.url),
    );
    const [one, three] = ["1", "3"].map((threads) =>
      execFileSync(process.execPath, [script, threads], { encoding: "utf8" }),
    );
    expect(one).toMatch(/^[0-9a-f]{64}\n$/);
    expect(three).toBe(one);
  });
});

/** The ops of a step in their order once it was rewritten, without constants. */
function opsOf(
  step: Step,
  shapes: Readonly<Record<string, readonly number[]>>,
  rewrite = withFusedBatchNorm,
): string[] {
  const inputs = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const count = sizeOf(shape);
      return [name, { values: fill(name, count, 1), shape }];
    }),
  );
  return rewrite(recordStep(step, inputs, {}))
    .nodes.map(({ op }) => op)
    .filter((op) => op !== "Const");
}

describe("what is computed together with batch norm", () => {
  const image = [2, 4, 4, 8];
  const vectors = { gamma: [8], beta: [8], mean: [8], variance: [8] };
  const shapes = { x: image, s: image, dy: image, more: image, ...vectors };
  const opsAbout = (after: Following) =>
    opsOf(batchNormStep(after), shapes).filter((op) => /BatchNorm|Relu|^Add|Reshape/.test(op));

  it("the relu and the sum with a shortcut, forward and in the gradient", () => {
    // The step goes forward twice, once without a gradient.
    const ours = ["TsslBatchNorm", "TsslBatchNorm", "TsslBatchNormGradient"];
    const others = (ops: string[]) => ops.filter((op) => !/^Tssl|^Add|^Reshape/.test(op));
    for (const after of following) {
      expect(opsAbout(after).filter((op) => op.startsWith("Tssl"))).toEqual(ours);
      expect(others(opsAbout(after))).toEqual([]);
    }
    // Of the three sums of a shortcut's step, two of shortcuts and one of gradients, only that of the two
    // losses stays.
    expect(opsAbout("both").filter((op) => op.startsWith("Add"))).toEqual(["Add"]);
  });

  const normalize = (inputs: Readonly<Record<string, tf.Tensor>>, x = inputs["x"]!) => {
    const state = inputs as unknown as Parameters<typeof batchNormTraining>[1];
    return batchNormTraining(x as tf.Tensor4D, state, { momentum: 0.1, epsilon: 1e-5 }).y;
  };
  const forwardShapes = { x: image, s: image, ...vectors };

  it.each<readonly [string, Step, readonly string[]]>([
    [
      "a relu whose input is used elsewhere too",
      (inputs) => {
        const y = normalize(inputs);
        return { y: relu(y), twice: tf.mul(y, 2) };
      },
      ["TsslBatchNorm", "Relu", "Mul"],
    ],
    [
      "a result that is handed out before the relu",
      (inputs) => {
        const y = normalize(inputs);
        return { y, above: relu(y) };
      },
      ["TsslBatchNorm", "Relu"],
    ],
    [
      "a sum without a relu",
      (inputs) => ({ y: tf.add(normalize(inputs), inputs["s"]!) }),
      ["TsslBatchNorm", "Add"],
    ],
    [
      "a sum with itself",
      (inputs) => {
        const y = normalize(inputs);
        return { y: relu(tf.add(y, y)) };
      },
      ["TsslBatchNorm", "Add", "Relu"],
    ],
    [
      "a sum with a vector",
      (inputs) => ({ y: relu(tf.add(normalize(inputs), inputs["beta"]!)) }),
      ["TsslBatchNorm", "Add", "Relu"],
    ],
    [
      "the second of two batch norms that are added",
      (inputs) => ({
        y: relu(tf.add(normalize(inputs), normalize(inputs, inputs["s"]))),
      }),
      ["TsslBatchNorm", "TsslBatchNorm"],
    ],
  ])("not %s", (_what, step, ops) => {
    expect(opsOf(step, forwardShapes)).toEqual(ops);
  });

  it("nothing in bfloat16", () => {
    const step: Step = (inputs) => ({
      y: relu(
        normalize(inputs, tf.conv2d(inputs["x"] as tf.Tensor4D, inputs["w"] as tf.Tensor4D, 1, "same")),
      ),
    });
    const rewrite = (recording: Parameters<typeof withFusedBatchNorm>[0]) =>
      withFusedBatchNorm(inBfloat16(recording));
    const ops = opsOf(step, { ...forwardShapes, w: [1, 1, 8, 8] }, rewrite);
    expect(ops.filter((op) => op !== "Cast")).toEqual(["Conv2D", "FusedBatchNormV3", "Relu"]);
  });
});
