import type { HostValues } from "@tssl/engine";

import { phaseStarts } from "../phase-steps.ts";
import { type Check, listed } from "./check.ts";
import { differing, same, stateOf } from "./differences.ts";
import type { Observer } from "./observe-plugin.ts";
import { epochWorkOf, type StartedRun, startRun } from "./subject.ts";

/** What `beforeEpoch` writes, by the name of the variable. */
type Writes = ReadonlyMap<string, HostValues>;

export const hostWork: Check = {
  name: "works before epochs by the seed alone, and writes its own state and nothing else",
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
        if (changed().length > 0) return [assigns(name, changed())];
        const wrong = [...first].flatMap(([entry, values]) => unfit(name, entry, values, before.get(entry)!));
        if (wrong.length > 0) return wrong;
        const second = await writesBefore(step, started);
        if (differ(first, second).length > 0) return [unseeded(name, differ(first, second), step)];

        stop = new AbortController();
        const stopped = await writesBefore(step, started, stop.signal);
        stop = undefined;
        const left = [...stopped.keys(), ...changed()];
        if (left.length > 0) return [leavesTrace(name, left)];
        const third = await writesBefore(step, started);
        if (differ(first, third).length > 0) return [remembers(name, differ(first, third))];

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
const differ = (one: Writes, other: Writes): readonly string[] =>
  [...new Set([...one.keys(), ...other.keys()])].filter((name) => {
    const [a, b] = [one.get(name), other.get(name)];
    return a === undefined || b === undefined || !same(a, b);
  });

const unfit = (plugin: string, name: string, values: HostValues, held: HostValues): string[] =>
  values.length === held.length && values.constructor === held.constructor
    ? []
    : [
        `[${plugin}] beforeEpoch writes ${described(values)} to "${name}", which holds ${described(held)}. Write values of the shape and type of the variable.`,
      ];

const described = (values: HostValues): string => `${values.length} values (${values.constructor.name})`;

const assigns = (plugin: string, names: readonly string[]): string =>
  `[${plugin}] beforeEpoch assigns the state ${listed(names)} itself, so that work that is stopped would leave half of it behind. Write it with \`write\` of its context.`;

const unseeded = (plugin: string, names: readonly string[], step: number): string =>
  `[${plugin}] beforeEpoch writes other values of ${listed(names)} each time it is done from the same state (before step ${step}). Draw from \`random\` of its context, and remember nothing in JavaScript.`;

const leavesTrace = (plugin: string, names: readonly string[]): string =>
  `[${plugin}] beforeEpoch changes the state ${listed(names)} where it is stopped: the work is done anew when the run goes on, and must find what it found. Leave the state alone when the signal is aborted.`;

const remembers = (plugin: string, names: readonly string[]): string =>
  `[${plugin}] beforeEpoch writes other values of ${listed(names)} after it was stopped once. Remember nothing in JavaScript.`;
