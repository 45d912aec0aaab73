// The sentences of errors USAGE on processes that train together, and what is said of them.

import { counted } from "@tssl/core/internal";

import { UsageError } from "../errors.ts";

export const rendezvousMissing = (nodes: number): UsageError =>
  new UsageError(
    `--nodes ${nodes} needs --rendezvous <host:port>, where the first machine can be reached by the others.`,
    { option: "--rendezvous", nodes },
  );

export const mustBeAnAddress = (got: string): UsageError =>
  new UsageError(`--rendezvous must be <host:port>, such as node-a:29400, got ${got}.`, {
    option: "--rendezvous",
    got,
  });

export const nodeOutOfRange = (node: number, nodes: number): UsageError =>
  new UsageError(`--node must be 0 to ${nodes - 1}, since there are ${nodes} nodes, got ${node}.`, {
    option: "--node",
    got: node,
    nodes,
  });

/** @param option that says something of processes: "--nodes". */
export const processesMissing = (option: string): UsageError =>
  new UsageError(`${option} belongs to --processes.`, { option });

/** @param by the launcher that started this program: "mpirun". */
export const launcherWithoutAddress = (by: string): UsageError =>
  new UsageError(
    `${by} does not say where the first process can be reached. Add --rendezvous <host:port> of its machine.`,
    { option: "--rendezvous", by },
  );

export const processesTwice = (by: string): UsageError =>
  new UsageError(`${by} has started the processes already. Leave out --processes and --nodes.`, {
    option: "--processes",
    by,
  });

/** @param by "torchrun" */
export const foundLauncher = (count: number, by: string): string =>
  `${counted(count, "process", "processes")} train together, started by ${by}.`;

export const leadsHere = (count: number, address: string): string =>
  `${counted(count, "process", "processes")} train together; the first waits for the others at ${address}.`;

/** TensorFlow does not ask who connects. */
export const openPorts = (): string =>
  "While it trains, each process has an open port, and whoever reaches it can run code as you: use a " +
  "network that you trust.";

/** @param what "the process that leads", "process 2 of this machine". @param how "signal SIGKILL" */
export const startingAgain = (what: string, how: string, restart: number, restarts: number): string =>
  `${what} ended (${how}). All start again from the newest checkpoint: ${restart} of ${restarts} restarts.`;
