import { startEngine } from "@tssl/engine";
import { cpuPlugin } from "@tssl/engine/testing";
import { beforeAll, describe, it } from "vitest";

import type { Composition } from "../../packages/cli/src/compositions.test.data.ts";
import { compareSteps } from "./compare-steps.ts";
import { loweredRun } from "./lowered-run.ts";

const STEPS = 3;
/** Of sums in another order. */
const TOLERANCE = { loss: 1e-9, state: 1e-9 };

const plugin = await cpuPlugin();

/** Tests that several devices of one process take the steps that one device takes. */
export function testReplicas(compositions: readonly Composition[], counts: readonly number[]): void {
  beforeAll(() => startEngine({ device: "cpu" }));

  const cases = compositions.flatMap(({ name, config }) =>
    counts.map((replicas) => [replicas, name, config] as const),
  );
  describe.skipIf(plugin === undefined)("replicas compute what one device computes", () => {
    it.each(cases)("%i replicas, %s", { timeout: 600_000 }, (replicas, _, config) =>
      compareSteps(config, {
        plugin: plugin!,
        replicas,
        steps: STEPS,
        tolerance: TOLERANCE,
        share: (run, start) => loweredRun(run, plugin!, { ...start, double: true }),
      }),
    );
  });
}
