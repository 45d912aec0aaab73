import { ImageError } from "@tssl/augment-zoo";
import { EngineError } from "@tssl/engine";

import { namingCorruptShare } from "../data/corrupt-share.ts";
import { messageOf, TsslError } from "../errors.ts";
import { END_NOT_SAVED } from "../messages/notices.ts";
import type { MetricsRow } from "../metrics/metrics-row.ts";
import { bottleneckOf } from "../run/bottleneck.ts";
import { countKinds } from "../run/corrupt-reasons.ts";
import { type RunOutcome, tellObservers } from "../run/observer.ts";
import type { RunHistory } from "../run/run-history.ts";
import { begin, evaluate, keepFeatureMap, tellPlan, workBeforeEpoch } from "./between-steps.ts";
import { openSession, type TrainingSession } from "./session.ts";
import type { TrainingInput, TrainingResult } from "./training-input.ts";

/** How the training ended. */
type Ending = Pick<RunOutcome, "status" | "reason" | "code">;

/**
 * Trains: for each epoch, for each batch, one step; evaluation and checkpoints in between.
 *
 * Everything that a run depends on is in the config, the data and the seed, so one that goes on from a
 * checkpoint takes the steps that it would have taken. Errors in the middle of a run (a corrupt image) end it
 * as "failed" with the state of the last whole step saved. A full disk does not: the run goes on, and writes
 * when there is room again.
 */
export async function train(input: TrainingInput): Promise<TrainingResult> {
  await tellStart(input);
  const session = await openSession(input);
  let ending: Ending;
  try {
    ending = await trainToEnd(session, input.progress.changed);
  } catch (thrown) {
    const error = namingCorruptShare(thrown);
    ending = { status: "failed", reason: messageOf(error), ...codeOf(error) };
    await saveWhatStands(session, error);
  } finally {
    await session.close();
  }
  const history = session.ledger.history();
  await input.saveRecord(history);
  return { outcome: outcomeOf(ending, session, history), history };
}

async function trainToEnd(session: TrainingSession, changed: boolean): Promise<Ending> {
  const { run, steps, evaluations, checkpoints, epochWork, isStopped } = session;
  await begin(session, changed);
  for await (const row of steps.of(session.batches())) {
    await log(session, row);
    if (isStopped()) continue; // the step under way is still logged
    if (evaluations.isDue(row.step)) await evaluate(session);
    if (checkpoints.isDue(row.step)) await checkpoints.save();
    if (epochWork.isDue(row.step)) await workBeforeEpoch(session);
    if (row.step % run.facts.stepsPerEpoch === 0) await session.saveRecord();
  }
  await keepFeatureMap(session);
  if (!(await checkpoints.save())) {
    return { status: "failed", reason: END_NOT_SAVED };
  }
  return isStopped() ? { status: "interrupted", reason: "stopped by the user" } : { status: "finished" };
}

const tellStart = ({ config, run, progress, folder, engine, mode, precision, observers }: TrainingInput) =>
  tellObservers(observers)("onStart", {
    config,
    facts: run.facts,
    engine,
    mode,
    precision,
    folder: folder.path,
    stepsDone: progress.step,
    evaluations: progress.history.evaluations,
    parameters: run.store.trained().reduce((sum, { variable }) => sum + variable.size, 0),
    views: Object.keys(run.views),
  });

/** Writes a step down and tells of it: metrics.jsonl, observers, health. */
async function log(session: TrainingSession, row: MetricsRow): Promise<void> {
  const { clock, folder, tell, health } = session;
  const { facts } = session.run;
  const secondsPerStep = clock.secondsPerStep();
  const imagesPerSecond = facts.batchSize / secondsPerStep;
  const timed = Number.isFinite(imagesPerSecond) ? { imagesPerSecond } : {};
  await folder.metrics.append({ ...row, values: { ...row.values, ...timed } });
  const secondsLeft = secondsPerStep * (facts.totalSteps - row.step);
  await tell("onStep", { ...row, totalSteps: facts.totalSteps, imagesPerSecond, secondsLeft });
  if (row.step === session.from + 1) {
    await folder.before.drop();
    await tellPlan(session); // which saves the record: chance levels are known now
  }
  await health.see(row);
  await session.tellNarrowLevels();
}

/**
 * The state is that of the last whole step, unless that gave numbers that are not finite. A second failure
 * must not hide the first.
 */
async function saveWhatStands(session: TrainingSession, failure: unknown): Promise<void> {
  const { steps, checkpoints } = session;
  await steps
    .finish()
    .then((row) => row && log(session, row))
    .catch(() => undefined);
  if (codeOf(failure).code !== "NOT_FINITE") await checkpoints.save().catch(() => undefined);
}

function outcomeOf(
  ending: Ending,
  { run: { facts }, ledger, clock, folder }: TrainingSession,
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
    ...corruptOf(history),
  };
}

function corruptOf({
  corruptFiles,
  corruptKinds = {},
}: RunHistory): Pick<RunOutcome, "corruptFiles" | "corruptReasons"> {
  return corruptFiles.length === 0 ? {} : { corruptFiles, corruptReasons: countKinds(corruptKinds) };
}

function codeOf(error: unknown): { readonly code?: string } {
  if (error instanceof TsslError || error instanceof EngineError) return { code: error.code };
  return error instanceof ImageError ? { code: "INVALID_DATA" } : {};
}
