import { isDeepStrictEqual } from "node:util";

import type { HostTensor } from "@tssl/engine";

import type { RunSettings } from "../config/run-settings.ts";
import { checkpointNotSaved } from "../messages/notices.ts";
import { type CheckpointFacts, checkpointName } from "../run/checkpoint.ts";
import { type KeptCheckpoint, superfluousCheckpoints } from "../run/retention.ts";
import type { RunFolder } from "../run/run-folder.ts";
import type { RunHistory } from "../run/run-history.ts";
import { saveInterval } from "../run/save-interval.ts";
import { takeSnapshot } from "../run/snapshot.ts";
import { isDiskFull } from "../files/write-whole.ts";
import { type NotFiniteTensor, notFiniteTensors } from "../run/not-finite.ts";

/** Saves a run's checkpoints when they are due, and deletes those that are kept no longer. */
export interface Checkpointing {
  /** Whether the config asks for one after this step. */
  isDue(step: number): boolean;
  /**
   * Saves the run as it stands, unless that is saved already. Call it between steps.
   *
   * @returns whether there was room; where there was not, everything that was saved before still stands.
   */
  save(): Promise<boolean>;
  /** The newest that is saved. */
  newest(): string | undefined;
}

export interface CheckpointingOptions {
  readonly folder: Pick<RunFolder, "checkpoints" | "metrics">;
  readonly settings: RunSettings["checkpoint"];
  readonly state: Iterable<readonly [string, HostTensor]>;
  /** What a checkpoint says of the run as it stands. */
  readonly facts: () => Promise<Omit<CheckpointFacts, "savedAt">>;
  /** What the newest checkpoint holds. */
  readonly saved?: Saved;
  readonly onSaved: (name: string) => Promise<void>;
  readonly onDiskFull: (notice: string) => Promise<void>;
  /** Ends the run instead of saving a state that nothing can go on from. */
  readonly onNotFinite: (tensors: readonly NotFiniteTensor[]) => Promise<never>;
}

/**
 * Between two steps only an evaluation and the plugins' work before an epoch change what there is to save.
 */
interface Saved {
  readonly step: number;
  readonly evaluations: number;
  /** Whether the plugins' work before the next step is done. */
  readonly epochWork: boolean;
}

/** How many evaluations a run has made, those without labels among them. */
export const evaluationsIn = ({ evaluations, scores }: Pick<RunHistory, "evaluations" | "scores">): number =>
  evaluations.length + (scores?.values.length ?? 0);

export async function createCheckpointing(options: CheckpointingOptions): Promise<Checkpointing> {
  const { folder, settings, state, facts: factsNow, onSaved, onDiskFull, onNotFinite } = options;
  let kept: readonly KeptCheckpoint[] = await folder.checkpoints.list();
  let { saved } = options;
  /** What there was no room for; not tried again, and not said again, until there is more to save. */
  let failed: Saved | undefined;
  const interval = saveInterval(settings);
  /** The last answer of `isDue`: a moment later it might be another. */
  let asked: { readonly step: number; readonly due: boolean } | undefined;

  return {
    newest: () => kept.at(-1)?.name,
    isDue(step) {
      if (asked?.step !== step) asked = { step, due: interval.isOver(step) };
      return asked.due;
    },
    async save() {
      const facts = await factsNow();
      const { step, knn, best } = facts;
      const now: Saved = {
        step,
        evaluations: evaluationsIn(facts.history),
        epochWork: facts.epochWork === true,
      };
      const name = checkpointName(step);
      const isThis = (other: Saved | undefined) => other !== undefined && isDeepStrictEqual(other, now);
      if (isThis(saved) && kept.at(-1)?.name === name) return true;
      if (isThis(failed)) return false;
      interval.begin();
      const snapshot = takeSnapshot(state);
      const broken = notFiniteTensors(
        Object.entries(snapshot).map(([key, { data }]) => [key, { values: data }]),
      );
      if (broken.length > 0) return onNotFinite(broken);
      try {
        await folder.metrics.flush();
        const savedAt = new Date().toISOString();
        await folder.checkpoints.save(name, snapshot, { ...facts, savedAt });
      } catch (error) {
        if (!isDiskFull(error)) throw error;
        failed = now;
        await onDiskFull(checkpointNotSaved(name, kept.at(-1)?.name));
        return false;
      }
      saved = now;
      kept = [
        ...kept.filter((other) => other.name !== name),
        { name, ...(knn === undefined ? {} : { knn }), ...(best === undefined ? {} : { best }) },
      ];
      for (const old of superfluousCheckpoints(kept, settings.keep)) {
        await folder.checkpoints.remove(old);
        kept = kept.filter((other) => other.name !== old);
      }
      await onSaved(name);
      return true;
    },
  };
}
