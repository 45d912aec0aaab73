import type { HostValues } from "@tssl/engine";

import { phaseStarts } from "../phase-steps.ts";
import {
  hostWorkRemembersStop,
  hostWorkVaries,
  stateAssignedByHand,
  stoppedWorkLeavesTrace,
  writtenMisshapen,
} from "../messages/host-work.ts";
import type { Check } from "./check.ts";
import { differing, same, stateOf } from "./differences.ts";
import type { Observer } from "./observe-plugin.ts";
import { epochWorkOf, type StartedRun, startRun } from "./subject.ts";

/** What `beforeEpoch` writes, by the name of the variable. */
type Writes = ReadonlyMap<string, HostValues>;

export const hostWork: Check = {
  name: "hostWork",
  async find({ plugin: { name }, prepare }) {
    let stop: AbortController | undefined;
    const observer: Observer = {
      around({ plugin, hook }, call) {
        const result = call();
        // The work waits for something by now, or has ended.
        if (plugin === name && hook === "beforeEpoch") stop?.abort();
        return result;
      },
    };
    const started = startRun(prepare({}, observer), "eager");
    const { run, compiled } = started;
    try {
      if (run.plugins.find((plugin) => plugin.name === name)!.run.beforeEpoch === undefined) return [];
      const { stepsPerEpoch, totalSteps } = run.facts;
      const starts = new Set([...phaseStarts(run), ...(stepsPerEpoch < totalSteps ? [stepsPerEpoch] : [])]);
      for (const step of [...starts].sort((a, b) => a - b)) {
        const before = stateOf(compiled);
        const changed = () => differing(before, stateOf(compiled));

        const first = await writesBefore(step, started);
        if (changed().length > 0) return [stateAssignedByHand(name, changed())];
        const misshapen = [...first].filter(([entry, values]) => !isLike(before.get(entry)!, values));
        if (misshapen.length > 0) {
          return misshapen.map(([entry, values]) =>
            writtenMisshapen(name, entry, values, before.get(entry)!),
          );
        }
        const second = await writesBefore(step, started);
        const varying = writtenOtherwise(first, second);
        if (varying.length > 0) return [hostWorkVaries(name, varying, step)];

        stop = new AbortController();
        const stopped = await writesBefore(step, started, stop.signal);
        stop = undefined;
        const traces = [...stopped.keys(), ...changed()];
        if (traces.length > 0) return [stoppedWorkLeavesTrace(name, traces)];
        const third = await writesBefore(step, started);
        const remembered = writtenOtherwise(first, third);
        if (remembered.length > 0) return [hostWorkRemembersStop(name, remembered)];

        await started.takeStep(step);
      }
      return [];
    } finally {
      await started.dispose();
    }
  },
};

/** Does the work that is due before a step, and keeps from the state what it writes. */
async function writesBefore(
  step: number,
  { run, compiled: { state, embeddings } }: StartedRun,
  signal?: AbortSignal,
): Promise<Writes> {
  const writes = new Map<string, HostValues>();
  const writeEach = (values: ReadonlyMap<string, HostValues>) => {
    for (const [name, given] of values) writes.set(name, given.slice());
  };
  const work = epochWorkOf(
    run,
    { state: { read: (name) => state.read(name), writeEach }, embeddings },
    signal === undefined ? {} : { signal },
  );
  if (work.isDue(step)) await work.do(step);
  return writes;
}

/** The names of what two works did not write alike. */
const writtenOtherwise = (one: Writes, other: Writes): readonly string[] =>
  [...new Set([...one.keys(), ...other.keys()])].filter((name) => {
    const [a, b] = [one.get(name), other.get(name)];
    return a === undefined || b === undefined || !same(a, b);
  });

/** Whether values are as many as others, and of the same type. */
const isLike = (held: HostValues, values: HostValues): boolean =>
  values.length === held.length && values.constructor === held.constructor;
