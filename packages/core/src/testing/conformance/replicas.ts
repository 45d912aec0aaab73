import { type Numbers, relativeError } from "@tssl/engine/testing";
import * as tf from "@tensorflow/tfjs";

import type { EmbeddingSpace } from "../../plugins/embedding-space.ts";
import type { Replicas } from "../../plugins/replicas.ts";
import { lendingKeep } from "../../training/lending-keep.ts";
import { runAfter, runAfterStep, runPlugins } from "../../training/run-plugins.ts";
import type { StepMachine, StepPart } from "../../training/step-machine.ts";
import { phaseStarts } from "../phase-steps.ts";
import { type Check, listed } from "./check.ts";
import { stateOf } from "./differences.ts";
import { spaceOf } from "./embedding-space.ts";
import { embeddingsOf } from "./embeddings.ts";
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
  /** Of the embedding space that the plugin publishes, if it does. */
  readonly space: PublishedRows | undefined;
  /** Views of whose published embeddings there are not as many rows as the replica has images. */
  readonly gathered: readonly string[];
  /** What the plugin keeps outside of networks, once `after` and `afterStep` have run, by name. */
  readonly kept: ReadonlyMap<string, Numbers>;
}

/** What an embedding space says of rows. */
interface PublishedRows {
  readonly candidates: Numbers;
  /** The candidates that a field of a query names, by 'positives of "first"'. */
  readonly named: ReadonlyMap<string, Numbers>;
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
          compiled.state.writeEach(before);
          return outcomeOf(name, { ...run.machine(run.phaseAt(step)), replicas: world }, part, () =>
            stateOf(compiled, isKept),
          );
        };
        const [ofY, ofX] = stepOfTwo([y, x], takeAs) as [ReplicaStep<Outcome>, ReplicaStep<Outcome>];
        // The same images once more, but as the first of the two.
        const first = stepOfOne(x, { rank: 0, passed: [ofX.passed, ofY.passed], takeAs });
        const different = betweenReplicas(name, ofY, ofX);
        problems.push(...(different.length > 0 ? different : betweenRanks(name, first.result, ofX.result)));
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
    const space = rowsOf(spaceOf(result));
    const gathered = Object.entries(embeddingsOf(result) ?? {}).flatMap(([view, { shape }]) =>
      shape[0] === part.indices.shape[0] ? [] : [view],
    );
    runAfter(results);
    runAfterStep(machine, part.inputs);
    outcome = { losses: new Map(losses), space, gathered, kept: keptNow() };
    return [];
  });
  return outcome;
}

function betweenReplicas(
  name: string,
  { passed: onePassed, result: one }: ReplicaStep<Outcome>,
  { passed: otherPassed, result: other }: ReplicaStep<Outcome>,
): string[] {
  if (onePassed.length !== otherPassed.length) {
    return [
      `[${name}] step must call gather and mean of \`replicas\` equally often on every replica, and calls them ${onePassed.length} times on rank 0 and ${otherPassed.length} times on rank 1: they would wait for each other forever.`,
    ];
  }
  const differ = (a: Numbers, b: Numbers) => relativeError(a, b) > TOLERANCE;
  const written = [...one.kept.keys()].filter((entry) =>
    differ(one.kept.get(entry)!, other.kept.get(entry)!),
  );
  return [
    ...(written.length === 0
      ? []
      : [
          `[${name}] The state ${listed(written)} ends with other values on each of two replicas: it holds rows of its own replica alone. Pass rows through \`replicas.gather\`, and means through \`replicas.mean\`, before you write them.`,
        ]),
    ...(one.gathered.length === 0
      ? []
      : [
          `[${name}] embeddings: ${listed(one.gathered)} must hold a row for each image of its own replica. Publish rows as they were before \`replicas.gather\`.`,
        ]),
    ...(one.space === undefined || !differ(one.space.candidates, other.space!.candidates)
      ? []
      : [
          `[${name}] embeddingSpace: candidates must be those of all replicas, and each of two has others. Pass them through \`replicas.gather\`.`,
        ]),
  ];
}

/**
 * @param asFirst what the replica of rank 0 makes of some images.
 * @param asLast what that of rank 1 makes of them.
 */
function betweenRanks(name: string, asFirst: Outcome, asLast: Outcome): string[] {
  const remedy =
    "Among gathered rows those of a replica begin at `rank * B`: count positives and what is left out from there.";
  const losses = [...asFirst.losses].flatMap(([term, loss]) => {
    const other = asLast.losses.get(term)!;
    if (relativeError([other], [loss], SMALLEST_LOSS) <= TOLERANCE) return [];
    return [
      `[${name}] The term "${term}" depends on the rank of its replica: of the same images it is ${loss} on rank 0 and ${other} on rank 1. ${remedy}`,
    ];
  });
  if (losses.length > 0) return losses;
  const fields = [...(asFirst.space?.named ?? [])].flatMap(([field, rows]) =>
    relativeError(asLast.space!.named.get(field)!, rows) > TOLERANCE ? [field] : [],
  );
  if (fields.length === 0) return [];
  return [
    `[${name}] embeddingSpace: ${fields.join(", ")} must name the same rows of the same images on every rank, and name others on rank 0 than on rank 1. ${remedy}`,
  ];
}

function rowsOf(space: EmbeddingSpace | undefined): PublishedRows | undefined {
  if (space === undefined) return undefined;
  const { candidates, queries } = space;
  const last = tf.scalar(candidates.shape[0] - 1, "int32"); // places beyond it are a finding of another check
  const rowsAt = (places: tf.Tensor1D) =>
    tf.gather(candidates, tf.minimum<tf.Tensor1D>(places, last)).dataSync().slice();
  const named = Object.entries(queries).flatMap(([view, { positives, sameView }]) => [
    [`positives of "${view}"`, rowsAt(positives)] as const,
    ...(sameView === undefined ? [] : [[`sameView of "${view}"`, rowsAt(sameView)] as const]),
  ]);
  return { candidates: candidates.dataSync().slice(), named: new Map(named) };
}
