import { ImageError } from "@tssl/augment-zoo";
import { EngineError } from "@tssl/engine";

import { messageOf, TsslError } from "../errors.ts";
import type { MetricsRow } from "../metrics/metrics-log.ts";
import { bottleneckOf } from "../run/bottleneck.ts";
import type { RunOutcome } from "../run/observer.ts";
import type { RunHistory } from "../run/run-history.ts";
import { openSession, type TrainingSession } from "./session.ts";
import type { TrainingInput, TrainingResult } from "./training-input.ts";

/** How the training ended. */
type Ending = Pick<RunOutcome, "status" | "reason" | "code">;

/**
 * Trains: for each epoch, for each batch, one step; evaluation and checkpoints in between.
 *
 * Everything that a run depends on is in the config, the data and the seed, so one that goes on from a checkpoint takes the steps that
 * it would have taken. Errors in the middle of a run (a corrupt image) end it as "failed" with the state of the last whole step saved.
 * A full disk does not: the run goes on, and writes when there is room again.
 */
export async function train(input: TrainingInput): Promise<TrainingResult> {
  const session = await openSession(input);
  let ending: Ending;
  try {
    ending = await trainToEnd(session);
  } catch (error) {
    ending = { status: "failed", reason: messageOf(error), ...codeOf(error) };
    await saveWhatStands(session, error);
  } finally {
    await session.close();
  }
  const history = session.ledger.history();
  await input.saveRecord(history);
  return { outcome: outcomeOf(input, ending, session, history), history };
}

async function trainToEnd(session: TrainingSession): Promise<Ending> {
  const { ledger, batches, steps, evaluations, checkpoints, epochWork, isStopped } = session;
  await session.begin();
  for await (const row of steps.of(batches(ledger.step))) {
    await log(session, row);
    if (isStopped()) continue; // the step under way is still logged
    if (evaluations.isDue(row.step)) await session.evaluate();
    if (checkpoints.isDue(row.step)) await checkpoints.save();
    if (epochWork.isDue(row.step)) await session.workBeforeEpoch();
    if (session.isEpochEnd(row.step)) await session.saveRecord();
  }
  await session.keepFeatureMap();
  if (!(await checkpoints.save())) {
    return { status: "failed", reason: "the disk is full, so that the end of the run could not be saved" };
  }
  return isStopped() ? { status: "interrupted", reason: "stopped by the user" } : { status: "finished" };
}

/** Writes a step down and tells of it: metrics.jsonl, observers, health. */
async function log(session: TrainingSession, row: MetricsRow): Promise<void> {
  const { clock, facts, folder, tell, health } = session;
  const secondsPerStep = clock.secondsPerStep();
  const imagesPerSecond = facts.batchSize / secondsPerStep;
  const timed = Number.isFinite(imagesPerSecond) ? { imagesPerSecond } : {};
  await folder.metrics.append({ ...row, values: { ...row.values, ...timed } });
  const secondsLeft = secondsPerStep * (facts.totalSteps - row.step);
  await tell("onStep", { ...row, totalSteps: facts.totalSteps, imagesPerSecond, secondsLeft });
  if (session.isFirstOfPart(row.step)) await session.saveRecord(); // chance levels are known now
  await health.see(row);
}

/** The state is that of the last whole step, unless that gave numbers that are not finite. A second failure must not hide the first. */
async function saveWhatStands(session: TrainingSession, failure: unknown): Promise<void> {
  const { steps, checkpoints } = session;
  await steps
    .finish()
    .then((row) => row && log(session, row))
    .catch(() => undefined);
  if (codeOf(failure).code !== "NOT_FINITE") await checkpoints.save().catch(() => undefined);
}

function outcomeOf(
  { folder }: TrainingInput,
  ending: Ending,
  { ledger, facts, clock }: TrainingSession,
  history: RunHistory,
): RunOutcome {
  const bottleneck = bottleneckOf(history.clock, history.loader, facts.batchSize);
  return {
    ...ending,
    steps: ledger.step,
    seconds: history.seconds,
    imagesPerSecond: facts.batchSize / clock.meanSecondsPerStep(),
    timeShares: { ...history.clock.shares, evaluation: history.evaluationSeconds },
    ...(bottleneck === undefined ? {} : { bottleneck }),
    evaluations: history.evaluations,
    folder: folder.path,
    ...(history.corruptFiles.length === 0 ? {} : { corruptFiles: history.corruptFiles }),
  };
}

function codeOf(error: unknown): { readonly code?: string } {
  if (error instanceof TsslError || error instanceof EngineError) return { code: error.code };
  return error instanceof ImageError ? { code: "INVALID_DATA" } : {}; // more of them than data.maxCorruptShare
}
