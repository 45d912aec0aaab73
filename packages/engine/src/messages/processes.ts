// The sentences of errors PROCESSES_FAILED, and of options that say which processes compute together.

import { EngineError } from "../errors.ts";

export const processesNotJoined = (address: string, reason: string): EngineError =>
  new EngineError("PROCESSES_FAILED", `The engine cannot listen at ${address}: ${reason}.`, {
    remedy: "Another program may have taken the port: start the processes again.",
    data: { address },
  });

export const exchangeFailed = (reason: string): EngineError =>
  new EngineError("PROCESSES_FAILED", `An exchange with another process failed: ${reason}`, {
    remedy: "Start all processes again.",
    data: { reason },
  });

/** @param who "process 1 (at 10.0.0.2:40001)" */
export const processGone = (who: string, reason: string): EngineError =>
  exchangeFailed(`${who} is gone: ${reason.replace(/\.$/, "")}.`);

export const processSilent = (who: string, seconds: number): EngineError =>
  exchangeFailed(`${who} has not been heard of for ${seconds} seconds.`);

export const processNotFound = (who: string, seconds: number): EngineError =>
  exchangeFailed(
    `${who} has not been found in ${seconds} seconds. It may not be reached from here, or compute by ` +
      "another engine.",
  );

export const anotherExchange = (who: string): EngineError =>
  exchangeFailed(`${who} computes another step than this one, or another part of it.`);

export const invalidProcesses = (rank: number, count: number): EngineError =>
  new EngineError(
    "INVALID_OPTION",
    `processes.rank must be a whole number from 0 to ${count - 1}, since there are ${count} addresses, ` +
      `got ${rank}.`,
    { data: { option: "processes", rank, count } },
  );

export const tooFewProcesses = (count: number): EngineError =>
  new EngineError("INVALID_OPTION", `processes must have 2 or more addresses, got ${count}.`, {
    data: { option: "processes", count },
  });

/** @param found replicas that were asked for. */
export const replicasAreProcesses = (replicas: number, processes: number): EngineError =>
  new EngineError(
    "INVALID_OPTION",
    `${processes} processes compute together by TensorFlow, so that a program has 1 replica or ` +
      `${processes}, got ${replicas}.`,
    { data: { option: "replicas", got: replicas, processes } },
  );

/** @param replicas devices of all processes. */
export const replicasOfProcesses = (replicas: number, processes: number): EngineError =>
  new EngineError(
    "INVALID_OPTION",
    `replicas must be a multiple of the ${processes} processes, which have as many devices each, got ` +
      `${replicas}.`,
    { data: { option: "replicas", got: replicas, processes } },
  );

/** @param mode in which processes cannot compute together. */
export const processesInMode = (mode: string): EngineError =>
  new EngineError(
    "INVALID_OPTION",
    `Several processes compute together in mode "graph" or on devices, in mode "pjrt", got "${mode}".`,
    { remedy: "Set engine.mode to graph.", data: { option: "mode", got: mode } },
  );
