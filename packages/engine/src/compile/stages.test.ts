import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { stepReplicas } from "../ops/replicas.ts";
import { startEngine } from "../start.ts";
import type { Step } from "./compiled-step.ts";
import { type Recording, recordStep } from "./record.ts";
import { type Stage, stagesOf } from "./stages.ts";

const replicas = stepReplicas(4);
let weight: tf.Variable;
beforeAll(async () => {
  await startEngine({ device: "cpu" });
  weight = tf.variable(tf.tensor2d([[1, 2]]));
});
afterAll(() => weight.dispose());

const recorded = (step: Step): Recording =>
  recordStep(step, { x: { values: new Float32Array(6), shape: [3, 2] } }, { weight });
const opsOf = ({ recording: { nodes } }: Stage) => nodes.map(({ op }) => op).filter((op) => op !== "Const");
const exchangesOf = (stages: readonly Stage[]) =>
  stages.map(({ exchanged }) => exchanged.map(({ kind, scale }) => [kind, scale]));

describe("stages of a step", () => {
  /** Gathers rows, and the mean of what follows from them. */
  const stages = () =>
    stagesOf(
      recorded(({ x }) => {
        const all = replicas.gather(tf.square(x!));
        const mean = replicas.mean(tf.sum(all, 0, true));
        weight.assign(tf.sub(weight, mean));
        return { loss: tf.sum(mean), first: tf.sum(x!) };
      }),
      2,
    );

  it("end where processes exchange tensors", () => {
    expect(stages().map(opsOf)).toEqual([
      ["Square", "CollectiveGather", "Sum"],
      ["Sum", "CollectiveReduce"],
      ["Sub", "Sum"],
    ]);
    expect(exchangesOf(stages())).toEqual([[["gather", 1]], [["sum", 1 / 4]], []]);
  });

  it("take what was exchanged, with the rows of all, and have their own rows until then", () => {
    const [first, second, last] = stages() as [Stage, Stage, Stage];
    const [gathered] = first.exchanged;
    expect(first.recording.produced.get(gathered!.edge)).toEqual([{ dtype: "float32", shape: [6, 2] }]);
    expect(second.taken).toEqual([gathered!.edge]);
    expect(second.recording.inputs.slice(1)).toEqual([
      { name: gathered!.edge, dataType: "float32", shape: [12, 2] },
    ]);
    expect(last.taken).toHaveLength(2); // the mean, and a result that was computed at first
    expect(first.given).toContain(last.taken[1]);
  });

  it("assign state at the end alone, and have the step's results there", () => {
    expect(stages().map(({ recording }) => recording.assigned.size)).toEqual([0, 0, 1]);
    expect(
      stages()
        .at(-1)!
        .recording.outputs.map(({ name }) => name),
    ).toEqual(["loss", "first"]);
  });

  it("have the constants that they need", () => {
    for (const { recording } of stages()) {
      const own = new Set(recording.nodes.map(({ name }) => name));
      const given = recording.inputs.map((_, i) => `in${i}`);
      for (const edge of recording.nodes.flatMap(({ input }) => input)) {
        expect([...own, ...given, "state0"]).toContain(edge.split(":")[0]);
      }
    }
  });
});

it("a step without an exchange is one stage", () => {
  const step = recorded(({ x }) => ({ y: tf.square(x!) }));
  const [stage, ...others] = stagesOf(step, 2);
  expect(others).toEqual([]);
  expect(stage!.recording.nodes).toEqual(step.nodes);
  expect([stage!.taken, stage!.given, stage!.exchanged]).toEqual([[], [], []]);
});

it("exchanges that do not wait for each other are of one stage, sums first", () => {
  const step = recorded(({ x }) => ({
    rows: replicas.gather(x!),
    squares: replicas.gather(tf.square(x!)),
    mean: replicas.mean(x!),
  }));
  const stages = stagesOf(step, 2);
  const first = [["sum", 1 / 4], ["gather", 1], ["gather", 1]]; // prettier-ignore
  expect(exchangesOf(stages)).toEqual([first, []]);
});

it("sums of other numbers than float32 are refused", () => {
  const step = recorded(({ x }) => ({ counts: replicas.mean(tf.cast(x!, "int32")) }));
  expect(() => stagesOf(step, 2)).toThrow(
    /The op CollectiveReduce \(at .*stages\.test\.ts:\d+:\d+\) adds up tensors of int32 over processes\./,
  );
});
