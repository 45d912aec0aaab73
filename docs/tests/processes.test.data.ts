import { smallConvNet } from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import { cpuPlugin } from "@tssl/engine/testing";
import { beforeAll, describe, expect, it } from "vitest";

import { type Composition } from "../../packages/cli/src/compositions.test.data.ts";
import { phaseChanges } from "../../packages/core/src/testing/phase-steps.ts";
import { stepInputs } from "../../packages/core/src/training/compile-run.ts";
import { composedRun } from "./composed-run.ts";
import { distances, loweredRun, stateOf } from "./lowered-run.ts";
import { noise } from "./noise.ts";
import { partsOf } from "./recorded-run.ts";
import { stagedRun } from "./staged-run.ts";

const STEPS = 2;
const LEARNING_RATE = 0.03;
/** In float64; batch norm over processes has constants, as the share of a running mean, in float32. */
const TOLERANCE = { loss: 1e-9, state: 1e-6 };

const file = await cpuPlugin();

/**
 * Takes steps of methods on devices of several processes, in float64, and on one device with all images: loss
 * and state must be the same, and the state the same to the bit on every device.
 *
 * @param replicas devices of all processes.
 */
export function testProcesses(
  compositions: readonly Composition[],
  { processes, replicas }: { readonly processes: number; readonly replicas: number },
): void {
  // No process listens: what they exchange is completed here.
  const addresses = Array.from({ length: processes }, (_, rank) => `127.0.0.1:${rank}`);
  beforeAll(() => startEngine({ device: "cpu", replicas, processes: { rank: 0, addresses } }));

  describe.skipIf(file === undefined)("devices of several processes compute what one device computes", () => {
    it.each(compositions.map(({ name, config }) => [name, config] as const))(
      `${replicas} of ${processes}, %s`,
      { timeout: 600_000 },
      async (_, config) => {
        const sections = { encoder: { use: smallConvNet }, ...config };
        const [alone, together] = [composedRun(sections), composedRun(sections, replicas)];
        for (const at of [0, ...phaseChanges(alone)]) {
          const begun = stateOf(alone);
          const one = await loweredRun(alone, file!, { begun, double: true, at });
          const many = await stagedRun(together, file!, { begun, processes, at });
          expect(many.stages).toBeGreaterThan(1);
          for (let step = at; step < at + STEPS; step++) {
            const inputs = stepInputs(partsOf(alone, noise, step), LEARNING_RATE);
            const [truth, reached] = [await one.take(inputs), await many.take(inputs)];
            const [loss, state] = distances(truth, reached, begun);
            expect(loss, `loss of step ${step + 1}`).toBeLessThan(TOLERANCE.loss);
            expect(state, `state after step ${step + 1}`).toBeLessThan(TOLERANCE.state);
            for (const other of many.states.slice(1)) expect(other).toEqual(many.states[0]);
          }
          await Promise.all([one.close(), many.close()]);
        }
        alone.dispose();
        together.dispose();
      },
    );
  });
}
