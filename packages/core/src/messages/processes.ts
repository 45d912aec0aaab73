// The sentences of errors PROCESS_LOST and PROCESS_FAILED, and of what processes must have alike.

import { TsslError } from "../errors.ts";
import { counted } from "../text/numbers.ts";

/** @param who "process 2 (of node-b)". @param reason why it is known: "its connection was closed". */
export const processLost = (who: string, reason: string): TsslError =>
  new TsslError("PROCESS_LOST", `${who} is gone: ${reason}. All processes must be started again.`, {
    data: { who, reason },
  });

/** @param reason what the engine says of the exchange. */
export const exchangeLost = (reason: string): TsslError =>
  new TsslError(
    "PROCESS_LOST",
    `Another process is gone: an exchange with it failed (${reason}). All processes must be started again.`,
    { data: { reason } },
  );

export const processFailed = (who: string, reason: string, code: string): TsslError =>
  new TsslError("PROCESS_FAILED", `${who} has ended: ${reason}`, { data: { who, reason, code } });

export const leaderLost = (address: string): TsslError =>
  new TsslError(
    "PROCESS_LOST",
    `The process that leads the run, at ${address}, has ended without a word. All processes must be ` +
      "started again.",
    { data: { address } },
  );

export const noLeader = (address: string, seconds: number, reason: string): TsslError =>
  new TsslError(
    "PROCESS_FAILED",
    `No process leads a run at ${address} (${reason}, tried for ${counted(seconds, "second")}). Start the ` +
      "one that leads there, and see that this machine can reach the address.",
    { data: { address, seconds, reason } },
  );

export const notAllCame = (came: number, wanted: number, address: string, seconds: number): TsslError =>
  new TsslError(
    "PROCESS_FAILED",
    `${counted(came, "other process", "other processes")} of ${wanted} came to ${address} within ` +
      `${counted(seconds, "second")}. Start the others, and see that their machines can reach the address.`,
    { data: { came, wanted, address, seconds } },
  );

export const stoppedWaiting = (came: number, wanted: number, address: string): TsslError =>
  new TsslError(
    "PROCESS_FAILED",
    `Stopped before training began: ${came} of ${counted(wanted, "other process", "other processes")} had ` +
      `come to ${address}.`,
    { data: { came, wanted, address } },
  );

export const stoppedLooking = (address: string): TsslError =>
  new TsslError("PROCESS_FAILED", `Stopped before the process that leads, at ${address}, began to train.`, {
    data: { address },
  });

/** @param who "process 2 (of node-b)" */
export const askedToStop = (who: string): string => `Stopping after this step: ${who} was asked to stop.`;

export const cannotListen = (address: string, reason: string): TsslError =>
  new TsslError(
    "PROCESS_FAILED",
    `The run cannot be led at ${address}: ${reason}. Choose another address or port.`,
    { data: { address, reason } },
  );

export const brokenFrame = (): TsslError =>
  new TsslError(
    "PROCESS_FAILED",
    "What arrived from another process is not what tssl sends. See that all machines have the same version " +
      "of tssl, and that no other program uses the address.",
  );

/** @param found what differs: "optimizer.lr" "was 0.1, is 0.2". */
export const notAlike = (found: readonly { readonly path: string; readonly text: string }[]): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    "Processes that train together must be started alike, and this one differs from the one that leads: " +
      `${found.map(({ path, text }) => `${path} ${text}`).join("; ")}.`,
    { data: { found } },
  );

export const replicasAndProcesses = (replicas: number, processes: number): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `engine.replicas must be the number of processes, ${processes}, or where each has several GPUs a ` +
      `multiple of it, got ${replicas}.`,
    { data: { replicas, processes } },
  );
