import { startEngine } from "@tssl/engine";
import { cpuPlugin } from "@tssl/engine/testing";
import { beforeAll, describe, expect, it } from "vitest";

import type { Composition } from "../../packages/cli/src/compositions.test.data.ts";
import { compareSteps } from "./compare-steps.ts";
import { stagedRun } from "./staged-run.ts";

const STEPS = 2;
/** Batch norm over processes has constants, as the share of a running mean, in float32. */
const TOLERANCE = { loss: 1e-9, state: 1e-6 };

const plugin = await cpuPlugin();

/**
 * Tests that the devices of several processes take the steps that one device takes.
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

  describe.skipIf(plugin === undefined)(
    "devices of several processes compute what one device computes",
    () => {
      it.each(compositions.map(({ name, config }) => [name, config] as const))(
        `${replicas} of ${processes}, %s`,
        { timeout: 600_000 },
        (_, config) =>
          compareSteps(config, {
            plugin: plugin!,
            replicas,
            steps: STEPS,
            tolerance: TOLERANCE,
            async share(run, start) {
              const staged = await stagedRun(run, plugin!, { ...start, processes });
              expect(staged.stages).toBeGreaterThan(1);
              return staged;
            },
          }),
      );
    },
  );
}
