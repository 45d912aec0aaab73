import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { sgd } from "../optimizers/sgd.ts";
import type { Phase } from "../plugins/plugin.ts";
import { fill, meanColour, modes, refusedWith, testRun } from "../testing/index.ts";
import { pullToZero } from "../testing/pull-to-zero.ts";
import { blankParts } from "./blank-parts.ts";
import { compileRun } from "./compile-run.ts";
import type { HostPart } from "./host-part.ts";
import type { PreparedRun } from "./prepare-run.ts";

/** Two factors of the loss; before step 2 the second one is frozen and the loss is three times as large. */
const phased = (phase: (step: number) => Phase) =>
  pullToZero("toy", ({ build, network }) => {
    const initial = { kind: "constant", value: 2 } as const;
    const [free, frozen] = ["free", "frozen"].map((name) => build.parameter(name, { shape: [], initial }));
    return {
      step: ({ views, phase: key }) => {
        const size = tf.mean<tf.Scalar>(tf.square(network.embed(views["image"]!)));
        const loss = tf.mul<tf.Scalar>(tf.mul(size, free!), frozen!);
        return { terms: { size: { loss, weight: key === "warm-up" ? 3 : 1 } } };
      },
      run: { phase: ({ step }) => phase(step) },
    };
  });

const warmUp = (step: number): Phase => (step < 2 ? { key: "warm-up", frozen: ["frozen"] } : { key: "main" });

const runOf = (phase: (step: number) => Phase) =>
  testRun({
    plugins: [{ use: phased(phase) }],
    encoder: { use: meanColour },
    optimizer: { use: sgd, lr: 0.1, momentum: 0.9, weightDecay: 0.1 },
    batchSize: 4,
  });

const partsOf = (run: PreparedRun): HostPart[] =>
  blankParts(run).map((part) => ({
    ...part,
    views: {
      image: { values: Uint8Array.from(fill("x", 4 * 4 * 4 * 3, 100), (x) => 128 + x), shape: [4, 4, 4, 3] },
    },
  }));

beforeAll(() => startEngine({ device: "cpu" }));

describe("a phase", () => {
  it.each(modes)(
    "is another step over the same state; what it freezes neither moves nor gathers momentum: %s",
    async (mode) => {
      const run = runOf(warmUp);
      const compiled = compileRun(run, { mode, statistics: { mean: [0, 0, 0], deviation: [1, 1, 1] } });
      const value = (name: string) => compiled.state.read(name).values[0];
      const names: string[] = [];
      const track: (number | undefined)[][] = [];
      for (let step = 0; step < 4; step++) {
        const phase = run.phaseAt(step);
        names.push(phase.key);
        const { loss, "toy/size": size } = await compiled.load(partsOf(run), 0.1, phase).run();
        track.push([value("toy.frozen"), value("optimizer.toy.frozen.velocity")]);
        expect(loss! / size!).toBeCloseTo(step < 2 ? 3 : 1, 5);
      }
      const free = value("toy.free");
      await compiled.dispose();
      expect(names).toEqual(["toy: warm-up", "toy: warm-up", "toy: main", "toy: main"]);
      expect(track.slice(0, 2)).toEqual([[2, 0], [2, 0]]); // prettier-ignore
      expect(track[2]![0]).not.toBe(2);
      expect(free).not.toBe(2);
    },
  );

  it("is refused where it freezes what is no parameter", async () => {
    const run = runOf(() => ({ key: "main", frozen: ["prototypes"] }));
    expect(await refusedWith(() => run.machine())).toMatchObject({
      code: "INVALID_PLUGIN",
      data: { frozen: "toy.prototypes" },
    });
  });
});
