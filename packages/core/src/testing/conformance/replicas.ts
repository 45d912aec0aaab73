import { type Numbers, relativeError } from "@tssl/engine/testing";
import * as tf from "@tensorflow/tfjs";

import type { EmbeddingSpace } from "../../plugins/embedding-space.ts";
import type { Replicas } from "../../state/replicas.ts";
import { lendingKeep } from "../../training/lending-keep.ts";
import { runAfter, runAfterStep, runPlugins } from "../../training/run-plugins.ts";
import type { StepMachine, StepPart } from "../../training/step-machine.ts";
import { phaseStarts } from "../phase-steps.ts";
import {
  candidateNumbersDependOnRank,
  candidatesDifferBetweenReplicas,
  embeddingsGathered,
  type QueryField,
  stateDiffersBetweenReplicas,
  termDependsOnRank,
} from "../messages/replicas.ts";
import type { Check } from "./check.ts";
import { stateOf } from "./differences.ts";
import { spaceOf } from "./embedding-space.ts";
import { embeddingsOf } from "./embeddings.ts";
import { disposePart, lentPart, stepPartOf } from "./forward.ts";
import { noteKeptState } from "./kept-state.ts";
import { sameDraws } from "./same-draws.ts";
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
  /** The candidates that each field of each query names. */
  readonly named: readonly (QueryField & { readonly rows: Numbers })[];
}

export const replicas: Check = {
  name: "replicas",
  async find({ plugin: { name }, prepare }) {
    const noted = noteKeptState();
    const started = startRun(
      prepare(
        { batchSize: 8, replicas: 2 },
        { build: (plugin, build) => noted.build(plugin, sameDraws(build)) },
      ),
      "eager",
    );
    const { run, compiled } = started;
    const isKept = (entry: string) => entry.startsWith(`${name}.`) && noted.holds(entry);
    const problems: string[] = [];
    try {
      for (const step of phaseStarts(run)) {
        await started.workBefore(step);
        const before = stateOf(compiled);
        const [part0, part1] = await partsOfTwo(started, step);
        const takeAs = (part: StepPart, world: Replicas): Outcome => {
          compiled.state.writeEach(before);
          return outcomeOf(name, { ...run.machine(run.phaseAt(step)), replicas: world }, part, () =>
            stateOf(compiled, isKept),
          );
        };
        const [rank0, rank1] = stepOfTwo([part0, part1], takeAs) as [
          ReplicaStep<Outcome>,
          ReplicaStep<Outcome>,
        ];
        // The images of rank 1 once more, as those of rank 0.
        const moved = stepOfOne(part1, { rank: 0, passed: [rank1.passed, rank0.passed], takeAs });
        const different = betweenReplicas(name, rank0, rank1);
        problems.push(...(different.length > 0 ? different : betweenRanks(name, moved.result, rank1.result)));
        [part0, part1].forEach(disposePart);
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
  { result: one }: ReplicaStep<Outcome>,
  { result: other }: ReplicaStep<Outcome>,
): string[] {
  const differ = (a: Numbers, b: Numbers) => relativeError(a, b) > TOLERANCE;
  const written = [...one.kept.keys()].filter((entry) =>
    differ(one.kept.get(entry)!, other.kept.get(entry)!),
  );
  return [
    ...(written.length === 0 ? [] : [stateDiffersBetweenReplicas(name, written)]),
    ...(one.gathered.length === 0 ? [] : [embeddingsGathered(name, one.gathered)]),
    ...(one.space === undefined || !differ(one.space.candidates, other.space!.candidates)
      ? []
      : [candidatesDifferBetweenReplicas(name)]),
  ];
}

/**
 * @param onRank0 what the replica of rank 0 makes of some images.
 * @param onRank1 what that of rank 1 makes of the same images.
 */
function betweenRanks(name: string, onRank0: Outcome, onRank1: Outcome): string[] {
  const losses = [...onRank0.losses].flatMap(([term, loss]) => {
    const other = onRank1.losses.get(term)!;
    if (relativeError([other], [loss], SMALLEST_LOSS) <= TOLERANCE) return [];
    return [termDependsOnRank(name, term, [loss, other])];
  });
  if (losses.length > 0) return losses;
  const fields = (onRank0.space?.named ?? []).filter(
    ({ rows }, i) => relativeError(onRank1.space!.named[i]!.rows, rows) > TOLERANCE,
  );
  return fields.length === 0 ? [] : [candidateNumbersDependOnRank(name, fields)];
}

function rowsOf(space: EmbeddingSpace | undefined): PublishedRows | undefined {
  if (space === undefined) return undefined;
  const { candidates, queries } = space;
  // Numbers beyond it are a finding of another check.
  const last = tf.scalar(candidates.shape[0] - 1, "int32");
  const rowsAt = (numbers: tf.Tensor1D) =>
    tf.gather(candidates, tf.minimum<tf.Tensor1D>(numbers, last)).dataSync().slice();
  const named = Object.entries(queries).flatMap(([query, { positives, sameView }]) => [
    { query, field: "positives" as const, rows: rowsAt(positives) },
    ...(sameView === undefined ? [] : [{ query, field: "sameView" as const, rows: rowsAt(sameView) }]),
  ]);
  return { candidates: candidates.dataSync().slice(), named };
}
