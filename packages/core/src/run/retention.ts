import { listCheckpoints, readCheckpointFacts } from "./checkpoint.ts";

/** What decides whether a checkpoint is kept. */
export interface KeptCheckpoint {
  readonly name: string;
  /** kNN accuracy at its step, where it was measured. */
  readonly knn?: number;
}

/** The one with the highest kNN accuracy, of equals the earliest; undefined where none was measured. */
export function bestCheckpoint(checkpoints: readonly KeptCheckpoint[]): string | undefined {
  let best: KeptCheckpoint | undefined;
  for (const checkpoint of checkpoints) {
    if (checkpoint.knn !== undefined && !(checkpoint.knn <= (best?.knn ?? -1))) best = checkpoint;
  }
  return best?.name;
}

/** Names to delete: all but the newest `keep` and the best. @param checkpoints oldest first. */
export function superfluousCheckpoints(
  checkpoints: readonly KeptCheckpoint[],
  keep: number,
): readonly string[] {
  const best = bestCheckpoint(checkpoints);
  return checkpoints
    .slice(0, -keep)
    .map(({ name }) => name)
    .filter((name) => name !== best);
}

/** The checkpoints of a folder, oldest first; of one whose facts cannot be read, the name. */
export async function keptCheckpoints(folder: string): Promise<readonly KeptCheckpoint[]> {
  const names = await listCheckpoints(folder);
  return Promise.all(
    names.map(async (name) => {
      const facts = await readCheckpointFacts(folder, name).catch(() => undefined);
      return facts?.knn === undefined ? { name } : { name, knn: facts.knn };
    }),
  );
}
