import { definitionsIn, withNewDefaults } from "../config/with-new-defaults.ts";
import { noStepLeft, noWholeCheckpoint } from "../messages/checkpoint.ts";
import { NO_CHECKPOINT_YET } from "../messages/notices.ts";
import type { RunFacts } from "../plugins/run-facts.ts";
import type { CheckpointStore } from "../run/checkpoint-store.ts";
import type { RunOutcome } from "../run/observer.ts";
import { outcomeOfFile, readOutcome } from "../run/outcome-file.ts";
import { findResumePoint, type ResumePoint } from "../run/resume.ts";
import type { StartedIdentity } from "./started-identity.ts";
import type { Tell } from "./tell.ts";
import type { TrainingOptions } from "./training-options.ts";

/** Where a run begins: at its newest whole checkpoint, or at nothing. */
export async function resumePoint(
  { config, out, resume }: TrainingOptions,
  identity: StartedIdentity,
  checkpoints: CheckpointStore,
  tell: Tell,
): Promise<ResumePoint> {
  if (resume === undefined) return { damaged: [], changes: [] };
  const point = await findResumePoint(out, {
    checkpoints,
    identity: { ...identity, images: await identity.images },
    allowed: resume.allowedChanges,
    tell,
    complete: (earlier) => withNewDefaults(earlier, definitionsIn({ ...config, resolved: identity.config })),
  });
  if (point.checkpoint !== undefined) return point;
  // To begin anew would delete them.
  if (point.damaged.length > 0) throw noWholeCheckpoint(out, point.damaged);
  tell(NO_CHECKPOINT_YET);
  return point;
}

/**
 * The outcome of a run that took all its steps before and has nothing left to do; undefined where there is
 * something, such as a page that a killed process did not write.
 *
 * @throws {TsslError} CHECKPOINT where something has changed that no step would be trained with.
 */
export async function finishedBefore(
  { out, resume }: TrainingOptions,
  { checkpoint, changes }: ResumePoint,
  { totalSteps, stepsPerEpoch }: RunFacts,
): Promise<RunOutcome | undefined> {
  const steps = checkpoint?.facts.step ?? 0;
  if (resume === undefined || steps < totalSteps) return undefined;
  if (changes.length > 0) throw noStepLeft(out, { steps, totalSteps, stepsPerEpoch }, changes);
  const saved = await readOutcome(out);
  return saved?.status === "finished" ? outcomeOfFile(saved, out) : undefined;
}
