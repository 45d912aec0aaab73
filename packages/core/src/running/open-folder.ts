import { isDiskFull, writeWhole } from "../files/write-whole.ts";
import { METRICS_WAIT, metricsLackRows, OUTCOME_NOT_WRITTEN } from "../messages/notices.ts";
import type { CheckpointStore } from "../run/checkpoint-store.ts";
import type { RunOutcome } from "../run/observer.ts";
import { outcomeText } from "../run/outcome-file.ts";
import type { ResumePoint } from "../run/resume.ts";
import { createRunFolder, outcomeFileOf, reopenRunFolder, type RunFolder } from "../run/run-folder.ts";
import type { StartedIdentity } from "./started-identity.ts";
import type { Tell } from "./tell.ts";
import type { TrainingOptions } from "./training-options.ts";

export async function openFolder(
  { out, resume }: TrainingOptions,
  identity: StartedIdentity,
  { checkpoint, damaged }: ResumePoint,
  checkpoints: CheckpointStore,
  tell: Tell,
): Promise<RunFolder> {
  const onDiskFull = () => tell(METRICS_WAIT);
  const { config, code } = identity;
  const opened = { config, code, ...identity.known(), checkpoints, onDiskFull };
  if (resume === undefined) return createRunFolder(out, opened);
  const metricsRows = checkpoint?.facts.metricsRows ?? 0;
  const folder = await reopenRunFolder(out, opened, {
    step: checkpoint?.facts.step ?? 0,
    metricsRows,
    mayLackRows: resume.allowedChanges.includes("metrics"),
    damaged,
  });
  if (folder.metrics.rows < metricsRows) tell(metricsLackRows(folder.metrics.rows, metricsRows));
  return folder;
}

export const writeOutcome = (folder: RunFolder, outcome: RunOutcome, tell: Tell): Promise<void> =>
  writeWhole(outcomeFileOf(folder.path), outcomeText(outcome)).catch(
    unlessDiskFull(() => tell(OUTCOME_NOT_WRITTEN)),
  );

/** A full disk is no reason to end a run, nor to fail one that has ended. */
export const unlessDiskFull = (onDiskFull: () => void) => (error: unknown) => {
  if (!isDiskFull(error)) throw error;
  onDiskFull();
};
