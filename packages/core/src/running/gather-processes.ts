import type { ProcessGroup } from "@tssl/engine";

import type { RunConfig } from "../config/parse-config.ts";
import type { ImageSet } from "../data/image-set.ts";
import { replicasAndProcesses } from "../messages/processes.ts";
import { type Followers, gatherFollowers, PATIENCE } from "../processes/gather.ts";
import { alikeIn } from "../run/alike.ts";
import type { OwnProcess } from "../training/own-images.ts";
import type { Tell } from "./tell.ts";
import type { ProcessesOptions, TrainingOptions } from "./training-options.ts";

/** @throws {TsslError} INVALID_OPTION for replicas that processes cannot share evenly. */
export function requireReplicas({ settings: { engine } }: RunConfig, { count }: ProcessesOptions): void {
  if (engine.replicas % count !== 0) throw replicasAndProcesses(engine.replicas, count);
}

/** This process, as the engine knows it, among those that train together. */
export const processOf = ({ rank, addresses }: ProcessGroup): OwnProcess => ({
  rank,
  count: addresses.length,
});

/** Waits for the processes that train with this one, and tells once one of them is asked to stop. */
export async function gather(
  { config, signal }: TrainingOptions,
  { count, host, port, patience = PATIENCE }: ProcessesOptions,
  images: ImageSet,
  tell: Tell,
): Promise<Followers> {
  const followers = await gatherFollowers({
    count,
    host,
    port,
    alike: alikeIn(config, images),
    seconds: patience,
    ...(signal === undefined ? {} : { signal }),
  });
  followers.stop.addEventListener("abort", () => {
    if (signal?.aborted !== true) tell(String(followers.stop.reason));
  });
  return followers;
}
