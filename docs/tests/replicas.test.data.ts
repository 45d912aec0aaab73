import { smallConvNet } from "@tssl/core/testing";
import { cpuPlugin } from "@tssl/engine/testing";
import { startEngine } from "@tssl/engine";
import { beforeAll, describe, expect, it } from "vitest";

import { type Composition } from "../../packages/cli/src/compositions.test.data.ts";
import { stepInputs } from "../../packages/core/src/training/compile-run.ts";
import { phaseChanges } from "../../packages/core/src/testing/phase-steps.ts";
import type { PreparedRun } from "../../packages/core/src/training/prepare-run.ts";
import { composedRun } from "./composed-run.ts";
import { distances, loweredRun, stateOf } from "./lowered-run.ts";
import { noise } from "./noise.ts";
import { partsOf } from "./recorded-run.ts";

const STEPS = 3;
const LEARNING_RATE = 0.03;
/** In float64, and in sums of another order. */
const TOLERANCE = 1e-9;

const file = await cpuPlugin();

/**
 * Takes steps of methods on several devices of the CPU's plugin, in float64, and on one with all images: loss
 * and state must be the same, and the state the same to the bit on every device.
 */
export function testReplicas(compositions: readonly Composition[], counts: readonly number[]): void {
  beforeAll(() => startEngine({ device: "cpu" }));

  const cases = compositions.flatMap(({ name, config }) =>
    counts.map((replicas) => [replicas, name, config] as const),
  );
  describe.skipIf(file === undefined)("replicas compute what one device computes", () => {
    it.each(cases)("%i replicas, %s", { timeout: 600_000 }, async (replicas, _, config) => {
      const sections = { encoder: { use: smallConvNet }, ...config };
      const runs = [composedRun(sections), composedRun(sections, replicas)] as const;
      for (const at of [0, ...phaseChanges(runs[0])]) await compareSteps(runs, at);
      for (const run of runs) run.dispose();
    });
  });
}

/** @param runs on one device and on several. @param at the first step of a phase. */
async function compareSteps(runs: readonly [PreparedRun, PreparedRun], at: number): Promise<void> {
  const begun = stateOf(runs[0]);
  const [one, many] = await Promise.all(
    runs.map((run) => loweredRun(run, file!, { begun, double: true, at })),
  );
  for (let step = at; step < at + STEPS; step++) {
    const inputs = stepInputs(partsOf(runs[0], noise, step), LEARNING_RATE);
    const [truth, reached] = [await one!.take(inputs), await many!.take(inputs)];
    const [loss, state] = distances(truth, reached, begun);
    expect(loss, `loss of step ${step + 1}`).toBeLessThan(TOLERANCE);
    expect(state, `state after step ${step + 1}`).toBeLessThan(TOLERANCE);
    for (const [name, value] of Object.entries(truth.results)) {
      expect(reached.results[name]![0], name).toBeCloseTo(value[0]!, 6);
    }
    for (const other of many!.states.slice(1)) expect(other).toEqual(many!.states[0]);
  }
  await Promise.all([one!.close(), many!.close()]);
}
