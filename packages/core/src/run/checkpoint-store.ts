import {
  type Checkpoint,
  type CheckpointFacts,
  readNewestCheckpoint,
  removeCheckpoint,
  saveCheckpoint,
} from "./checkpoint.ts";
import { type KeptCheckpoint, keptCheckpoints } from "./retention.ts";
import type { Snapshot } from "./snapshot.ts";

/** Where a run's checkpoints are saved, and read when it goes on. */
export interface CheckpointStore {
  /**
   * Saves a checkpoint, whole or not at all. One of the same name is replaced.
   *
   * @param name "step-0000120".
   * @param snapshot every value of the state, by name.
   * @throws what the system says. After ENOSPC or EDQUOT training goes on and tries again later.
   */
  save(name: string, snapshot: Snapshot, facts: CheckpointFacts): Promise<void>;
  /** Deletes a checkpoint; nothing happens where there is none of that name. */
  remove(name: string): Promise<void>;
  /** The saved checkpoints, oldest first. */
  list(): Promise<readonly KeptCheckpoint[]>;
  /**
   * Reads the newest checkpoint that is whole; undefined where there is none.
   *
   * @param onDamaged called for each newer one that is not whole, with its name and a sentence.
   * @param before checkpoints of this step and later ones are passed over; default: none are.
   */
  newest(
    onDamaged: (name: string, sentence: string) => void,
    before?: number,
  ): Promise<Checkpoint | undefined>;
}

/** Keeps checkpoints as files of a folder: two for each, named after its step. */
export const folderCheckpoints = (folder: string): CheckpointStore => ({
  save: (name, snapshot, facts) => saveCheckpoint(folder, name, snapshot, facts),
  remove: (name) => removeCheckpoint(folder, name),
  list: () => keptCheckpoints(folder),
  newest: (onDamaged, before) => readNewestCheckpoint(folder, onDamaged, before),
});
