import type { CheckpointScore } from "../evaluation/checkpoint-score.ts";
import { listCheckpoints, readCheckpointFacts } from "./checkpoint.ts";

/** What decides whether a checkpoint is kept. */
export interface KeptCheckpoint {
  readonly name: string;
  /** kNN accuracy at its step, where it was measured. */
  readonly knn?: number;
  /** What else the best checkpoint is chosen by, where the config says so. */
  readonly best?: CheckpointScore;
  /** True where its facts could not be read: it may be the best. */
  readonly unknown?: true;
}

/** What decides whether a checkpoint is the best. */
export const scoreOf = ({ knn, best }: Pick<KeptCheckpoint, "knn" | "best">): CheckpointScore | undefined =>
  best ?? (knn === undefined ? undefined : { by: "knn", value: knn });

/**
 * The one with the highest score, of equals the earliest; undefined where none was measured. Scores of
 * another kind than the newest are of before the config was changed, and do not count.
 */
export function bestCheckpoint(checkpoints: readonly KeptCheckpoint[]): string | undefined {
  const by = checkpoints.map(scoreOf).findLast((score) => score !== undefined)?.by;
  let best: { readonly name: string; readonly value: number } | undefined;
  for (const checkpoint of checkpoints) {
    const score = scoreOf(checkpoint);
    if (score?.by === by && score !== undefined && !(score.value <= (best?.value ?? -1))) {
      best = { name: checkpoint.name, value: score.value };
    }
  }
  return best?.name;
}

/**
 * Names to delete: all but the newest `keep`, the best, and those of which nothing is known.
 *
 * @param checkpoints oldest first.
 */
export function superfluousCheckpoints(
  checkpoints: readonly KeptCheckpoint[],
  keep: number,
): readonly string[] {
  const best = bestCheckpoint(checkpoints);
  return checkpoints
    .slice(0, -keep)
    .filter(({ unknown }) => unknown !== true)
    .map(({ name }) => name)
    .filter((name) => name !== best);
}

/** The checkpoints of a folder, oldest first. */
export async function keptCheckpoints(folder: string): Promise<readonly KeptCheckpoint[]> {
  const names = await listCheckpoints(folder);
  return Promise.all(
    names.map(async (name): Promise<KeptCheckpoint> => {
      const facts = await readCheckpointFacts(folder, name).catch(() => undefined);
      if (facts === undefined) return { name, unknown: true };
      return {
        name,
        ...(facts.knn === undefined ? {} : { knn: facts.knn }),
        ...(facts.best === undefined ? {} : { best: facts.best }),
      };
    }),
  );
}
