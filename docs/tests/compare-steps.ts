import { smallConvNet } from "@tssl/core/testing";
import { expect } from "vitest";

import { phaseChanges } from "../../packages/core/src/testing/phase-steps.ts";
import { stepInputs } from "../../packages/core/src/training/compile-run.ts";
import type { PreparedRun } from "../../packages/core/src/training/prepare-run.ts";
import { composedRun } from "./composed-run.ts";
import { distances, loweredRun, stateOf, type Stepping, type Values } from "./lowered-run.ts";
import { noise } from "./noise.ts";
import { partsOf } from "./recorded-run.ts";

const LEARNING_RATE = 0.03;

/** A run whose steps several devices share. */
export interface SharedSteps {
  /** The state of each device. */
  readonly states: readonly Readonly<Record<string, Values>>[];
  readonly take: Stepping;
  close(): Promise<void>;
}

/** Where steps begin. */
export interface Start {
  /** The state before the first step. */
  readonly begun: Readonly<Record<string, Values>>;
  /** The first step. */
  readonly at: number;
}

interface Comparison {
  /** The plugin of a CPU, its file. */
  readonly plugin: string;
  /** Devices in all. */
  readonly replicas: number;
  /** To take from the first one of each phase on. */
  readonly steps: number;
  /** Of the loss, and of the state relative to the way it has come. */
  readonly tolerance: { readonly loss: number; readonly state: number };
  /** @param run of as many replicas as there are devices. */
  readonly share: (run: PreparedRun, start: Start) => Promise<SharedSteps>;
}

/**
 * Takes the steps of a composition on one device with all images, in float64, and on several that share them:
 * loss and state must be the same, and the state the same to the bit on every device.
 */
export async function compareSteps(
  config: Readonly<Record<string, unknown>>,
  { plugin, replicas, steps, tolerance, share }: Comparison,
): Promise<void> {
  const sections = { encoder: { use: smallConvNet }, ...config };
  const [alone, together] = [composedRun(sections), composedRun(sections, replicas)];
  for (const at of [0, ...phaseChanges(alone)]) {
    const begun = stateOf(alone);
    const one = await loweredRun(alone, plugin, { begun, double: true, at });
    const many = await share(together, { begun, at });
    for (let step = at; step < at + steps; step++) {
      const inputs = stepInputs(partsOf(alone, noise, step), LEARNING_RATE);
      const [truth, reached] = [await one.take(inputs), await many.take(inputs)];
      const [loss, state] = distances(truth, reached, begun);
      expect(loss, `loss of step ${step + 1}`).toBeLessThan(tolerance.loss);
      expect(state, `state after step ${step + 1}`).toBeLessThan(tolerance.state);
      for (const [name, value] of Object.entries(truth.results)) {
        expect(reached.results[name]![0], name).toBeCloseTo(value[0]!, 6);
      }
      for (const other of many.states.slice(1)) expect(other).toEqual(many.states[0]);
    }
    await Promise.all([one.close(), many.close()]);
  }
  alone.dispose();
  together.dispose();
}
