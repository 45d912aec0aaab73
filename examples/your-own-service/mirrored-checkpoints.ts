import { mkdir } from "node:fs/promises";

import { type CheckpointStore, folderCheckpoints } from "@tssl/core/run";

/**
 * Keeps every checkpoint of a store in a second folder too, such as one of another disk. A run whose own
 * checkpoints are gone goes on from there.
 */
export function mirrored(store: CheckpointStore, folder: string): CheckpointStore {
  const mirror = folderCheckpoints(folder);
  return {
    async save(name, snapshot, facts) {
      await store.save(name, snapshot, facts);
      await mkdir(folder, { recursive: true });
      await mirror.save(name, snapshot, facts);
    },
    async remove(name) {
      await store.remove(name);
      await mirror.remove(name);
    },
    list: () => store.list(),
    newest: async (onDamaged, before) =>
      (await store.newest(onDamaged, before)) ?? mirror.newest(onDamaged, before),
  };
}
