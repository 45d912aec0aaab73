import { requireThreads } from "../config/require-threads.ts";
import type { RunConfig } from "../config/parse-config.ts";
import { configNotParsed } from "../messages/config.ts";
import { leftAsItWas, runFinishedBefore } from "../messages/notices.ts";
import { weightsLoaded } from "../messages/weights.ts";
import type { Followers } from "../processes/gather.ts";
import type { EndedRun, RunObserver, RunOutcome } from "../run/observer.ts";
import { checkpointsOf, requireNewFolder, type RunFolder } from "../run/run-folder.ts";
import { createRunLock } from "../run/run-lock.ts";
import { tensorboardLog } from "../run/tensorboard.ts";
import { train } from "../training/train.ts";
import { gather, processOf, requireReplicas } from "./gather-processes.ts";
import { openFolder, writeOutcome } from "./open-folder.ts";
import { openImages } from "./open-images.ts";
import { factsOf, prepare, weightsOf } from "./prepare.ts";
import { finishedBefore, resumePoint } from "./resume-point.ts";
import { type BindServices, runServices, type Services } from "./services.ts";
import { sessionInput, type SessionParts } from "./session-input.ts";
import { requireEngine, startEngineOf } from "./start-engine.ts";
import { writeImagesOnceKnown } from "./started-identity.ts";
import { tellAll } from "./tell.ts";
import type { TrainingOptions } from "./training-options.ts";

/**
 * Trains: puts a run together from its config, runs it to its end, and leaves config.yaml, metrics.jsonl,
 * run.json, checkpoints, features of some images and outcome.json in the run folder.
 *
 * A run that goes on leaves its folder as it was where it ends before its first step; so does one that has
 * finished before.
 *
 * @param bind replaces or wraps services of the run: engine, data, loader, checkpoint store, clock,
 * observers.
 * @returns how the run ended. A run that failed midway is an outcome, not an exception.
 * @throws {TsslError} for whatever is wrong before the first step: data, folder, engine, plugins, options, a
 * changed config.
 *
 * @example
 * ```ts
 * import { mkdtemp } from "node:fs/promises";
 *
 * import { parseConfig, resnet20, sgd } from "@tssl/core/run";
 * import { moco } from "@tssl/plugin-moco";
 *
 * const config = parseConfig(
 *   {
 *     imageSize: 32,
 *     epochs: 1,
 *     batchSize: 4,
 *     data: { train: "packages/core/fixtures/images" },
 *     encoder: { use: resnet20 },
 *     plugins: [{ use: moco, queueSize: 8 }],
 *     optimizer: { use: sgd, lr: 0.06 },
 *     engine: { device: "cpu" },
 *   },
 *   { plugins: {}, encoders: {}, optimizers: {} },
 *   "example.ts",
 * );
 * const outcome = await runTraining({ config, out: await mkdtemp("/tmp/tssl-run-") });
 * outcome.status; // => "finished"
 * outcome.steps; // => 2
 * ```
 */
export async function runTraining(options: TrainingOptions, bind?: BindServices): Promise<RunOutcome> {
  const { config, out, resume, processes } = options;
  if (!("settings" in config)) throw configNotParsed();
  if (processes !== undefined) requireReplicas(config, processes);
  if (resume === undefined) await requireNewFolder(out);
  requireThreads("data.workers", config.settings.data.workers);
  requireEngine(config); // before images are read
  const services = await runServices(options.observers ?? [], bind);
  const tell = tellAll(services.observers);
  const lock = createRunLock(out);
  const over = new AbortController();
  let followers: Followers | undefined;
  try {
    // Before anything that takes long. A run that goes on has its values in its checkpoint.
    const weights = resume === undefined ? await weightsOf(config) : undefined;
    const { data, identity } = await openImages(options, services, tell, over.signal);
    const checkpoints = services.openCheckpoints(checkpointsOf(out));
    if (resume !== undefined) await lock.take(); // or another process could go on from the same checkpoint
    const point = await resumePoint(options, identity, checkpoints, tell);
    const finished = await finishedBefore(options, point, factsOf(config, data));
    if (finished !== undefined) {
      tell(runFinishedBefore(out, finished.steps));
      return finished;
    }
    // After all quick refusals, which should not wait for the library.
    followers = processes && (await gather(options, processes, data.train, tell));
    const engine = await startEngineOf(config, services, followers, tell);
    const run = prepare(config, data, point, {
      weights: weights ?? (await weightsOf(config, point)),
      ...(followers === undefined ? {} : { process: processOf(followers.group) }),
    });
    try {
      if (run.loaded !== undefined) tell(weightsLoaded(run.loaded));
      await lock.take({ create: true }); // only now, so that a run that cannot start leaves no folder behind
      const folder = await openFolder(options, identity, point, checkpoints, tell);
      const parts = { data, identity, point, engine, run, folder, tell, followers };
      return await trainInFolder(options, parts, services);
    } finally {
      run.dispose();
    }
  } finally {
    over.abort(); // whoever looks at images still need not
    followers?.close();
    await lock.release();
  }
}

/** Trains to the end, and says in the folder how it ended. */
async function trainInFolder(
  options: TrainingOptions,
  parts: SessionParts,
  services: Services,
): Promise<RunOutcome> {
  const { config, out } = options;
  const { data, identity, folder, tell } = parts;
  const observers = [...services.observers, ...ownObservers(config, folder)];
  try {
    const { input, recordOf } = await sessionInput(options, parts);
    const listed = identity.known().images === undefined ? writeImagesOnceKnown(folder, identity) : undefined;
    const { outcome, history } = await train({ ...input, observers, services });
    await listed;
    const ended: EndedRun = { config, data, record: recordOf(history), out, tell };
    for (const observer of observers) await observer.onEnd?.(outcome, ended);
    if (isWorthNothing(outcome) && (await folder.before.restore())) tell(leftAsItWas(out));
    else await writeOutcome(folder, outcome, tell);
    await folder.before.drop();
    return outcome;
  } catch (error) {
    await folder.metrics.close(); // which training did, if it had begun
    await folder.before.restore();
    throw error;
  }
}

const ownObservers = ({ settings }: RunConfig, folder: RunFolder): readonly RunObserver[] =>
  settings.logging.tensorboard ? [tensorboardLog(folder.path)] : [];

/**
 * Whether a session that took no step leaves nothing to be kept. A step that gave numbers that are not finite
 * is there to be replayed.
 */
const isWorthNothing = ({ status, code }: RunOutcome): boolean =>
  status !== "finished" && code !== "NOT_FINITE";
