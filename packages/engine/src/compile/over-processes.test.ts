import { beforeAll, expect, it } from "vitest";

import { stepReplicas } from "../ops/replicas.ts";
import { startEngine } from "../start.ts";
import { constantElements } from "./constant-attributes.ts";
import { overProcesses } from "./over-processes.ts";
import { type Recording, recordStep } from "./record.ts";

beforeAll(() => startEngine({ device: "cpu" }));

/** Two exchanges, and the rows of each replica. */
const recorded = (rows: number): Recording => {
  const replicas = stepReplicas(2);
  return recordStep(
    ({ x }) => ({ mean: replicas.mean(replicas.gather(x!)), own: replicas.ownRows(rows) }),
    { x: { values: new Float32Array(rows), shape: [rows, 1] } },
    {},
  );
};
const keysIn = ({ nodes }: Recording) => nodes.flatMap(({ attr }) => attr["instance_key"]?.i ?? []);

it("each exchange of a step has a key of its own, the same in all processes", () => {
  const recording = recorded(4);
  expect(keysIn(recording)).toEqual([1, 1]);
  const [first, second] = [0, 1].map((rank) => keysIn(overProcesses(recording, "step", rank)));
  expect(first).toEqual(second);
  expect(new Set(first).size).toBe(2);
  expect(Math.max(...first!)).toBeLessThan(2 ** 31);
});

it("another step, and other shapes, have other keys", () => {
  const keys = [
    overProcesses(recorded(4), "step", 0),
    overProcesses(recorded(4), "probe", 0),
    overProcesses(recorded(2), "step", 0),
  ].flatMap(keysIn);
  expect(new Set(keys).size).toBe(6);
});

it("the number of the replica is that of the process", () => {
  const { nodes } = overProcesses(recorded(4), "step", 1);
  expect(nodes.map(({ op }) => op)).not.toContain("XlaReplicaId");
  const numbers = nodes.filter(({ name }) => name.startsWith("XlaReplicaId"));
  expect(numbers.map(({ attr }) => constantElements(attr))).toEqual([[1]]);
});
