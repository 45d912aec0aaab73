import { decodeSafetensors, encodeSafetensors } from "../../files/safetensors.ts";
import { restoreSnapshot, takeSnapshot } from "../../run/snapshot.ts";
import type { CompiledRun } from "../../training/compile-run.ts";
import type { PreparedRun } from "../../training/prepare-run.ts";
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
    /** What differs once a run that was restored has gone on beside the one that was saved. */
    const difference = async (mode: "eager" | "graph"): Promise<string | undefined> => {
      const [first, second] = [prepare(), prepare()];
      const going = compileSubject(first, mode);
      try {
        await steps(first, going, 0, BEFORE);
        const file = encodeSafetensors(takeSnapshot(going.state));
        restoreSnapshot(decodeSafetensors(file, "checkpoint"), second.store, { source: "checkpoint" });
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
    // Eagerly first: what a plugin remembers in JavaScript shows, where a recording would have frozen it.
    const found = (await difference("eager")) ?? (await difference("graph"));
    if (found === undefined) return [];
    return [
      `[${name}] A run that goes on from a checkpoint differs from one that never stopped: ${found}. Something is remembered outside the run's state; make it with build.`,
    ];
  },
};
