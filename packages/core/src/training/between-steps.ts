import { noFeatureMap } from "../messages/notices.ts";
import { memoryForecast, tooLarge } from "../run/memory-forecast.ts";
import { keepTrainingFeatures } from "./feature-map.ts";
import { planFindings } from "./plan-findings.ts";
import type { TrainingSession } from "./session.ts";

/** Work before an epoch that took longer is saved at once. */
const WORTH_SAVING_SECONDS = 60;

/** What comes before the first step: records, forecasts, the first evaluation, the plugins' work. */
export async function begin(session: TrainingSession, changed: boolean): Promise<void> {
  const { evaluations, checkpoints, epochWork, from, folder } = session;
  await session.saveRecord();
  if (changed) await checkpoints.save();
  await tellForecast(session);
  await tellPlan(session);
  if (evaluations.isDue(from)) {
    await evaluate(session);
    if (!changed && !session.isStopped()) await folder.before.drop();
  }
  await keepFeatureMap(session);
  if (epochWork.isDue(from) && !session.isStopped()) await workBeforeEpoch(session);
}

/**
 * Says which options do not fit the run, where it begins; each once. How many rows a queue takes is not known
 * before the first step where that is not recorded, so it is asked again after it.
 */
export async function tellPlan({
  run,
  config,
  knnImages,
  typicalSize,
  from,
  ledger,
  tell,
  saveRecord,
}: TrainingSession): Promise<void> {
  const told = ledger.history().plan ?? [];
  const findings = planFindings({
    config,
    run,
    ...(knnImages === undefined ? {} : { knnImages }),
    ...(typicalSize === undefined ? {} : { typicalSize }),
  });
  ledger.notePlan(findings);
  await saveRecord();
  const news = findings.filter(({ sentence }) => !told.some((before) => before.sentence === sentence));
  if (from === 0 && news.length > 0) await tell("onPlan", news);
}

/** Says how much memory the steps will take. */
async function tellForecast({ run, compiled, from, device, tell }: TrainingSession): Promise<void> {
  const size = compiled.record(run.phaseAt(from));
  if (size === undefined) return;
  const forecast = memoryForecast(run.store, size);
  await tell("onForecast", forecast);
  const warning = device === "cpu" ? tooLarge(forecast) : undefined;
  if (warning !== undefined) await tell("onNotice", warning);
}

/** Evaluates the run as it stands, and saves it where it is the best so far. */
export async function evaluate({ evaluations, checkpoints, ledger }: TrainingSession): Promise<void> {
  await evaluations.evaluate(ledger.step);
  if (evaluations.isBest(ledger.step)) await checkpoints.save();
}

/** Does the plugins' work before the next epoch, and saves it where it took long. */
export async function workBeforeEpoch(session: TrainingSession): Promise<void> {
  const { epochWork, checkpoints, ledger, folder } = session;
  const begun = performance.now();
  await epochWork.do(ledger.step);
  if (epochWork.isDone(ledger.step)) await folder.before.drop();
  if (performance.now() - begun > WORTH_SAVING_SECONDS * 1000) await checkpoints.save();
}

/**
 * Where nothing is evaluated, features of training images are kept for the map on the run's page: untrained
 * and trained.
 */
export async function keepFeatureMap(session: TrainingSession): Promise<void> {
  const { run, settings, images, folder, compiled, ledger, evaluations, settled, tell } = session;
  if (evaluations.isPossible || session.isStopped()) return;
  if (ledger.step !== 0 && ledger.step < run.facts.totalSteps) return;
  const keep = () => keepTrainingFeatures(folder.path, compiled.features, images, settings, ledger.step);
  await (ledger.step === 0 ? settled.during(keep) : keep()).catch(async (error: unknown) => {
    if (!session.isStopped()) await tell("onNotice", noFeatureMap(error));
  });
}
