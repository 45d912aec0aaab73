import type { EngineInfo } from "@tssl/engine";

import { engineOptions, programOptions } from "../config/engine-options.ts";
import type { RunConfig } from "../config/parse-config.ts";
import { epochOrder } from "../data/epoch-order.ts";
import { messageOf, TsslError } from "../errors.ts";
import { leaderLost } from "../messages/processes.ts";
import { lossBehind } from "../processes/exchange-failed.ts";
import { sendFrame } from "../processes/frames.ts";
import { BEAT } from "../processes/gather.ts";
import { type Leader, type MeetingPoint, meetLeader } from "../processes/meet-leader.ts";
import { bytesOf, type Report } from "../processes/orders.ts";
import { alikeIn, requireAlike } from "../run/alike.ts";
import { kindsOf } from "../run/corrupt-reasons.ts";
import { processOf } from "./gather-processes.ts";
import { type BindServices, runServices } from "./services.ts";
import { replicasOf } from "../state/replicas.ts";
import { compileRun } from "../training/compile-run.ts";
import { followRun } from "../training/follow-run.ts";
import { prepareRun, runFacts } from "../training/prepare-run.ts";
import { batchSource } from "../training/session.ts";

export interface FollowingOptions extends MeetingPoint {
  /** The config of the run, as the process that leads has it. */
  readonly config: RunConfig;
  /** Aborting it ends the run of all processes after the step that is under way, with a checkpoint. */
  readonly signal?: AbortSignal;
}

/**
 * Trains along: takes the steps of a run that another process leads with `runTraining`, on images of its own,
 * until the run ends. It writes nothing. Values of the run come from the process that leads, also those of a
 * checkpoint or a file of weights.
 *
 * @param bind replaces services of the run: engine, data, loader.
 * @throws {TsslError} PROCESS_FAILED where no process leads, or the signal is aborted before one does;
 * PROCESS_LOST where the one that did is gone;
 * INVALID_OPTION where it has another config, other images or another version; otherwise as `runTraining`.
 */
export async function followTraining(options: FollowingOptions, bind?: BindServices): Promise<void> {
  const { config, host, port, signal } = options;
  const { settings } = config;
  const services = await runServices([], bind);
  const { train } = await services.openData(settings);
  const leader = await meetLeader(options);
  const tell = (report: Report) => sendFrame(leader.socket, report);
  const tellStop = (): void => tell({ report: "stop" });
  if (signal?.aborted === true) tellStop();
  signal?.addEventListener("abort", tellStop);
  const beat = setInterval(() => tell({ report: "alive" }), BEAT * 1000);
  try {
    requireAlike(leader.group.alike, alikeIn(config, train));
    const engine = await services.startEngine({
      ...engineOptions(settings.engine),
      processes: leader.group,
    });
    const isEnded = await follow(leader, engine);
    if (!isEnded) throw leaderLost(`${host}:${port}`);
  } catch (thrown) {
    const error = lossBehind(thrown);
    const code = error instanceof TsslError ? error.code : "";
    // Whoever only lost another process has nothing to say: its connection closes.
    if (code !== "PROCESS_LOST") tell({ report: "failed", reason: messageOf(error), code });
    throw error;
  } finally {
    clearInterval(beat);
    signal?.removeEventListener("abort", tellStop);
    leader.socket.end();
  }

  async function follow({ group, frames }: Leader, engine: EngineInfo): Promise<boolean> {
    const { engine: asked } = settings;
    const facts = runFacts(config, train.files.length, {
      classes: train.classes.length,
      replicas: asked.replicas,
    });
    const run = prepareRun(config, facts, { replicas: replicasOf(facts), process: processOf(group) });
    const { mode, precision } = programOptions(asked, engine);
    const compiled = compileRun(run, { mode: mode.mode, precision, statistics: settings.data });
    const loader = services.createLoader(settings, run, train.files, engine.device);
    const order = epochOrder(train.files, {
      seed: settings.seed,
      shuffleBuffer: settings.data.shuffleBuffer,
    });
    let told = 0;
    const tellCorrupt = (): void => {
      if (loader.corrupt.length === told) return;
      const files = Object.entries(kindsOf(loader.corrupt.slice(told)));
      told = loader.corrupt.length;
      tell({ report: "corrupt", files: files.map(([file, kind]) => ({ file, kind })) });
    };
    const answer = (features: Float32Array): void =>
      sendFrame(leader.socket, { report: "features" } satisfies Report, [bytesOf(features)]);
    try {
      const source = batchSource(run, settings, train, order, loader);
      return await followRun({ run, compiled, source }, frames, { answer, onDone: tellCorrupt });
    } finally {
      await loader.close();
      await compiled.dispose();
      run.dispose();
    }
  }
}
