import type { Phase, PhaseMoment, RunFacts } from "@tssl/core";

import type { SwavOptions } from "./options.ts";

/** How far the queue of earlier embeddings is. */
export type QueueStage = "no queue" | "queue fills" | "queue in use";

/**
 * The phases of a run: prototypes are frozen for the first epochs; the queue fills from a later epoch on, and
 * is used once it is full. The key names both, e.g. "prototypes frozen, queue fills".
 */
export function swavPhase(
  { freezePrototypesEpochs, queueSize, queueFromEpoch }: SwavOptions,
  { stepsPerEpoch, batchSize }: RunFacts,
): (moment: PhaseMoment) => Phase {
  const frozenSteps = Math.round(freezePrototypesEpochs * stepsPerEpoch);
  const firstPush = queueFromEpoch * stepsPerEpoch;
  const firstUse = firstPush + Math.ceil(queueSize / batchSize);
  const stageAt = (step: number): QueueStage => {
    if (queueSize === 0 || step < firstPush) return "no queue";
    return step < firstUse ? "queue fills" : "queue in use";
  };
  return ({ step }) =>
    step < frozenSteps
      ? { key: `prototypes frozen, ${stageAt(step)}`, frozen: ["prototypes"] }
      : { key: `prototypes trained, ${stageAt(step)}` };
}

/** The stage of the queue in the phase with this key. */
export const queueStage = (key: string): QueueStage => key.split(", ")[1] as QueueStage;
