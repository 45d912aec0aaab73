import { restoreCheckpoint, saveCheckpoint } from "../../run/checkpoint.ts";
import type { CompiledRun } from "../../training/compile-run.ts";
import type { PreparedRun } from "../../training/prepare-run.ts";
import { TSSL_VERSION } from "../../version.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { type Check, listed } from "./check.ts";
import { differing, firstDifference, type Scalars, stateOf } from "./differences.ts";
import { compileSubject, takeStep } from "./subject.ts";

const BEFORE = 2;
const AFTER = 2;

async function steps(
  run: PreparedRun,
  compiled: CompiledRun,
  from: number,
  count: number,
): Promise<Scalars[]> {
  const scalars: Scalars[] = [];
  for (let step = from; step < from + count; step++) scalars.push(await takeStep(run, compiled, step));
  return scalars;
}

export const resume: Check = {
  name: "goes on from a checkpoint as if it had not stopped, to the bit",
  async find({ plugin: { name }, prepare }) {
    const folder = await temporaryFolder();
    /** What differs once a run that was restored has gone on beside the one that was saved. */
    const difference = async (mode: "eager" | "graph"): Promise<string | undefined> => {
      const [first, second] = [prepare(), prepare()];
      const going = compileSubject(first, mode);
      try {
        await steps(first, going, 0, BEFORE);
        await saveCheckpoint(folder.path, mode, going.state, {
          step: BEFORE,
          epoch: 0,
          network: first.network.name,
          metrics: {},
          tsslVersion: TSSL_VERSION,
          savedAt: new Date().toISOString(),
        });
        await restoreCheckpoint(folder.path, mode, second.store);
        const restored = compileSubject(second, mode);
        try {
          const [want, got] = [
            await steps(first, going, BEFORE, AFTER),
            await steps(second, restored, BEFORE, AFTER),
          ];
          const end = differing(stateOf(going), stateOf(restored));
          return (
            firstDifference(got, want, BEFORE) ??
            (end.length === 0 ? undefined : `${listed(end)} end with other values`)
          );
        } finally {
          await restored.dispose();
        }
      } finally {
        await going.dispose();
        first.dispose();
        second.dispose();
      }
    };
    try {
      // Eagerly first: what a plugin remembers in JavaScript shows, where a recording would have frozen it.
      const found = (await difference("eager")) ?? (await difference("graph"));
      if (found === undefined) return [];
      return [
        `[${name}] A run that goes on from a checkpoint differs from one that never stopped: ${found}. Something is remembered outside the run's state; make it with build.`,
      ];
    } finally {
      await folder.remove();
    }
  },
};
