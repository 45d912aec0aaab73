import { followTraining, type RunConfig } from "@tssl/core/run";

import { stopSwitch } from "../stop-signals.ts";
import type { Role } from "./role.ts";
import { stoppedBeforeTraining } from "./stopped-before-training.ts";

/** Takes steps of a run that another process leads, which tells of it. */
export async function trainAlong(
  config: RunConfig,
  meeting: Extract<Role, { kind: "follow" }>,
): Promise<number> {
  // The one that leads, which is told, says that all stop.
  const stopping = stopSwitch({ isTold: false });
  try {
    await followTraining({ config, ...meeting, signal: stopping.signal });
    return stopping.exitCode() ?? 0;
  } catch (error) {
    return stoppedBeforeTraining(error, stopping);
  } finally {
    stopping.release();
  }
}
