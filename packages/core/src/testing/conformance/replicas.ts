import { type Numbers, relativeError } from "@tssl/engine/testing";

import { inHook } from "../../plugins/in-hook.ts";
import { inputReader } from "../../plugins/inputs.ts";
import type { Replicas } from "../../plugins/replicas.ts";
import { lendingKeep } from "../../training/lending-keep.ts";
import { runPlugins } from "../../training/run-plugins.ts";
import type { StepMachine, StepPart } from "../../training/step-machine.ts";
import { phaseStarts } from "../phase-steps.ts";
import { type Check, listed } from "./check.ts";
import { stateOf } from "./differences.ts";
import { spaceOf } from "./embedding-space.ts";
import { disposePart, lentPart, stepPartOf } from "./forward.ts";
import { noteKeptState } from "./kept-state.ts";
import { hostParts, type StartedRun, startRun } from "./subject.ts";
import { type ReplicaStep, stepOfOne, stepOfTwo } from "./two-replicas.ts";

/** Relative to the length of a value: the rows of two replicas may be summed in either order. */
const TOLERANCE = 1e-4;
/** Losses nearer to zero are held to the tolerance times this. */
const SMALLEST_LOSS = 0.1;

/** What one replica makes of a step, without the optimizer. */
interface Outcome {
  /** The plugin's losses by the name of their term. */
  readonly losses: ReadonlyMap<string, number>;
  /** The candidates of the embedding space that the plugin publishes, if it does. */
  readonly candidates: Numbers | undefined;
  /** What the plugin keeps outside of networks, once `after` and `afterStep` have run, by name. */
  readonly kept: ReadonlyMap<string, Numbers>;
}

export const replicas: Check = {
  name: "computes the same on both of two replicas, whichever its rank",
  async find({ plugin: { name }, prepare }) {
    const noted = noteKeptState();
    const started = startRun(prepare({ batchSize: 8, replicas: 2 }, { build: noted.build }), "eager");
    const { run, compiled } = started;
    const isKept = (entry: string) => entry.startsWith(`${name}.`) && noted.holds(entry);
    const problems: string[] = [];
    try {
      for (const step of phaseStarts(run)) {
        await started.workBefore(step);
        const before = stateOf(compiled);
        const [y, x] = await partsOfTwo(started, step);
        const takeAs = (part: StepPart, world: Replicas): Outcome => {
          for (const [entry, values] of before) compiled.state.write(entry, values);
          return outcomeOf(name, { ...run.machine(run.phaseAt(step)), replicas: world }, part, () =>
            stateOf(compiled, isKept),
          );
        };
        const [ofY, ofX] = stepOfTwo([y, x], takeAs) as [ReplicaStep<Outcome>, ReplicaStep<Outcome>];
        // The same images once more, but as the first of the two.
        const first = stepOfOne(x, { rank: 0, passed: [ofX.passed, ofY.passed], takeAs });
        problems.push(
          ...(ofY.passed.length === ofX.passed.length
            ? [
                ...betweenReplicas(name, ofY.result, ofX.result),
                ...betweenRanks(name, first.result.losses, ofX.result.losses),
              ]
            : [unequalCalls(name, ofY.passed.length, ofX.passed.length)]),
        );
        [x, y].forEach(disposePart);
      }
      return [...new Set(problems)];
    } finally {
      await started.dispose();
    }
  },
};

/** What two replicas take in at a step: each its own images, both the same inputs. */
async function partsOfTwo({ run }: StartedRun, step: number): Promise<readonly [StepPart, StepPart]> {
  const [one, other] = await hostParts(run, step);
  return [stepPartOf(one!), stepPartOf({ ...other!, inputs: one!.inputs })];
}

function outcomeOf(
  name: string,
  machine: StepMachine,
  part: StepPart,
  keptNow: () => ReadonlyMap<string, Numbers>,
): Outcome {
  let outcome!: Outcome;
  lendingKeep((keep) => {
    const results = runPlugins(machine, lentPart(part), keep);
    const { result } = results.find(({ plugin }) => plugin === name)!;
    const losses = Object.entries(result.terms).map(
      ([term, { loss }]) => [term, loss.dataSync()[0]!] as const,
    );
    const candidates = spaceOf(result)?.candidates.dataSync().slice();
    for (const { plugin, result: each } of results) inHook(plugin, "after", () => each.after?.());
    const reader = inputReader(part.inputs);
    for (const plugin of machine.plugins) {
      inHook(plugin.name, "afterStep", () => plugin.run.afterStep?.(reader));
    }
    outcome = { losses: new Map(losses), candidates, kept: keptNow() };
    return [];
  });
  return outcome;
}

const unequalCalls = (name: string, one: number, other: number): string =>
  `[${name}] step must call gather and mean of \`replicas\` equally often on every replica, and calls them ${one} times on rank 0 and ${other} times on rank 1: they would wait for each other forever.`;

function betweenReplicas(name: string, one: Outcome, other: Outcome): string[] {
  const differ = (a: Numbers, b: Numbers) => relativeError(a, b) > TOLERANCE;
  const written = [...one.kept.keys()].filter((entry) =>
    differ(one.kept.get(entry)!, other.kept.get(entry)!),
  );
  const { candidates } = one;
  return [
    ...(written.length === 0
      ? []
      : [
          `[${name}] The state ${listed(written)} ends with other values on each of two replicas: it holds rows of its own replica alone. Pass rows through \`replicas.gather\`, and means through \`replicas.mean\`, before you write them.`,
        ]),
    ...(candidates === undefined || !differ(candidates, other.candidates!)
      ? []
      : [
          `[${name}] embeddingSpace: candidates must be those of all replicas, and each of two has others. Pass them through \`replicas.gather\`.`,
        ]),
  ];
}

/** @param asFirst losses of the replica of rank 0. @param asLast of the same images as rank 1. */
function betweenRanks(
  name: string,
  asFirst: ReadonlyMap<string, number>,
  asLast: ReadonlyMap<string, number>,
): string[] {
  return [...asFirst]
    .filter(([term, loss]) => relativeError([asLast.get(term)!], [loss], SMALLEST_LOSS) > TOLERANCE)
    .map(
      ([term, loss]) =>
        `[${name}] The term "${term}" depends on the rank of its replica: of the same images it is ${loss} on rank 0 and ${asLast.get(term)} on rank 1. Among gathered rows those of a replica begin at \`rank * B\`: count positives and what is left out from there.`,
    );
}
