import { type EngineInfo, requireReplicasIn } from "@tssl/engine";

import { engineOptions, programOptions } from "../config/engine-options.ts";
import type { RunConfig } from "../config/parse-config.ts";
import { gpuNotUsed, gpusIdle } from "../messages/notices.ts";
import type { Followers } from "../processes/gather.ts";
import type { Services } from "./services.ts";
import type { Tell } from "./tell.ts";

/** @throws {TsslError} INVALID_OPTION for what no engine can do. */
export const requireEngine = ({ settings }: RunConfig): void => void engineOptions(settings.engine);

/** Starts the engine that the config asks for, and tells of GPUs that it does not use. */
export async function startEngineOf(
  config: RunConfig,
  services: Pick<Services, "startEngine">,
  followers: Followers | undefined,
  tell: Tell,
): Promise<EngineInfo> {
  const engine = await services.startEngine({
    ...engineOptions(config.settings.engine),
    ...(followers === undefined ? {} : { processes: followers.group }),
  });
  requireDevices(config, engine);
  const idle = followers === undefined ? idleCards(config, engine) : undefined;
  if (idle !== undefined) tell(idle);
  if (engine.gpuProblem !== undefined) tell(gpuNotUsed(engine.gpuProblem));
  return engine;
}

/** @throws {TsslError} INVALID_OPTION for several replicas where TensorFlow computes. */
function requireDevices({ settings: { engine } }: RunConfig, started: EngineInfo): void {
  const { mode } = programOptions(engine, started).mode;
  requireReplicasIn(mode, engine.replicas);
}

/** What is said of GPUs that could train with the others; undefined where there are none. */
function idleCards({ settings: { engine } }: RunConfig, { accelerator }: EngineInfo): string | undefined {
  const cards = accelerator?.cards ?? 1;
  return cards > engine.replicas ? gpusIdle(cards, engine.replicas) : undefined;
}
