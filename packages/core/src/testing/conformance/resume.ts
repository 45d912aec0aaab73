import { decodeSafetensors, encodeSafetensors } from "../../files/safetensors.ts";
import { restoreSnapshot, takeSnapshot } from "../../run/snapshot.ts";
import type { PreparedRun } from "../../training/prepare-run.ts";
import { phaseChanges } from "../phase-steps.ts";
import { resumedRunDiffers, type StopPoint } from "../messages/determinism.ts";
import type { Check } from "./check.ts";
import { type Difference, differing, firstDifference, type Scalars, stateOf } from "./differences.ts";
import { startRun, type Subject } from "./subject.ts";

/** Steps that are taken from a stop point on, where the run has as many left. */
const STEPS = 2;

/**
 * After two steps; and at each change of phase and, where plugins work before epochs, the start of the second
 * one: eagerly also just before and just after these, before and after that work. The graph of a step is that
 * of its phase, whichever step it is.
 */
function stopPoints(run: PreparedRun, mode: "eager" | "graph"): readonly StopPoint[] {
  const { stepsPerEpoch, totalSteps } = run.facts;
  const hasWork = run.plugins.some(({ run: { beforeEpoch } }) => beforeEpoch !== undefined);
  const edges = [...phaseChanges(run), ...(hasWork ? [stepsPerEpoch] : [])];
  const around = edges.flatMap((step): readonly StopPoint[] =>
    mode === "graph"
      ? [{ step, workDone: hasWork }]
      : [
          { step: step - 1, workDone: false },
          { step, workDone: false },
          ...(hasWork ? [{ step, workDone: true }] : []),
          { step: step + 1, workDone: false },
        ],
  );
  const points = new Map(
    [{ step: 2, workDone: false }, ...around]
      .filter(({ step }) => step > 0 && step < totalSteps)
      .map((point) => [keyOf(point), point]),
  );
  return [...points.values()];
}

const keyOf = ({ step, workDone }: StopPoint) => `${step} ${workDone}`;

/**
 * A run that never stops: what it saves at each point, the scalars of its steps, and its state before each.
 */
async function uninterrupted({ prepare }: Subject, mode: "eager" | "graph") {
  const going = startRun(prepare(), mode);
  try {
    const points = stopPoints(going.run, mode);
    const saved = new Map<string, Uint8Array>();
    const scalars: Scalars[] = [];
    const states: ReturnType<typeof stateOf>[] = [];
    const save = (point: StopPoint) => {
      if (points.some((each) => keyOf(each) === keyOf(point))) {
        saved.set(keyOf(point), encodeSafetensors(takeSnapshot(going.compiled.state)));
      }
    };
    const last = Math.max(...points.map(({ step }) => step)) + STEPS;
    for (let step = 0; step < Math.min(last, going.run.facts.totalSteps); step++) {
      states.push(stateOf(going.compiled));
      save({ step, workDone: false });
      await going.workBefore(step);
      save({ step, workDone: true });
      scalars.push(await going.takeStep(step));
    }
    states.push(stateOf(going.compiled));
    return { points, saved, scalars, states };
  } finally {
    await going.dispose();
  }
}

export const resume: Check = {
  name: "resume",
  async find(subject) {
    /** What is wrong once a run that was restored has gone on beside the one that was saved. */
    const problemIn = async (mode: "eager" | "graph"): Promise<string | undefined> => {
      const { points, saved, scalars, states } = await uninterrupted(subject, mode);
      for (const point of points) {
        const { step, workDone } = point;
        const run = subject.prepare();
        const file = decodeSafetensors(saved.get(keyOf(point))!, "checkpoint");
        restoreSnapshot(file, run.store, { source: "checkpoint" });
        const restored = startRun(run, mode, workDone ? step : undefined);
        try {
          const count = Math.min(STEPS, run.facts.totalSteps - step);
          const steps = Array.from({ length: count }, (_, i) => step + i);
          const got: Scalars[] = [];
          for (const each of steps) got.push(await restored.takeStep(each));
          const end = differing(states[step + count]!, stateOf(restored.compiled));
          const difference: Difference | undefined =
            firstDifference(got, scalars.slice(step, step + count), steps) ??
            (end.length === 0 ? undefined : { endOf: end });
          if (difference !== undefined) return resumedRunDiffers(subject.plugin.name, point, difference);
        } finally {
          await restored.dispose();
        }
      }
      return undefined;
    };
    // Eagerly first: what a plugin remembers in JavaScript shows, where a recording would have frozen it.
    const problem = (await problemIn("eager")) ?? (await problemIn("graph"));
    return problem === undefined ? [] : [problem];
  },
};
