import { networkInterfaces } from "node:os";
import { lookup } from "node:dns/promises";

import type { Command } from "commander";

import {
  mustBeAnAddress,
  nodeOutOfRange,
  processesMissing,
  rendezvousMissing,
} from "../messages/processes.ts";
import { count, countTo } from "../option-values.ts";
import type { Meeting } from "./role.ts";

/** What the command line says of processes that train together. */
export interface ProcessFlags {
  /** Of this machine, and of each other. */
  readonly processes?: number;
  readonly nodes?: number;
  readonly node?: number;
  readonly rendezvous?: Omit<Meeting, "count">;
  readonly maxRestarts: number;
}

const MOST_PROCESSES = 1024;
const RESTARTS = 3;

export const withProcessOptions = (command: Command): Command =>
  command
    .option(
      "--processes <n>",
      "processes of this machine that train together, each on a share of every batch and of the cores",
      countTo(MOST_PROCESSES),
    )
    .option("--nodes <n>", "with --processes: machines that train together, each with as many", count)
    .option(
      "--node <i>",
      "with --nodes: the number of this machine, 0 for the first (default: by address)",
      whole,
    )
    .option("--rendezvous <host:port>", "with --nodes: where the first machine is reached", address)
    .option(
      "--max-restarts <n>",
      "with --processes: how often all start again from the newest checkpoint when one is lost",
      whole,
      RESTARTS,
    );

function whole(value: string): number {
  return value === "0" ? 0 : count(value);
}

function address(value: string): Omit<Meeting, "count"> {
  const [, host = "", port = ""] = /^\[?(.+?)\]?:(\d{1,5})$/.exec(value) ?? [];
  if (host === "" || Number(port) < 1 || Number(port) > 65_535) throw mustBeAnAddress(value);
  return { host, port: Number(port) };
}

/** Processes to start on this machine, and where it stands among others. */
export interface Placement {
  readonly here: number;
  readonly count: number;
  readonly leads: boolean;
  readonly rendezvous?: Omit<Meeting, "count">;
}

/**
 * What is to be started here; undefined where this process trains on its own.
 *
 * @throws {UsageError} for options that do not go together.
 */
export async function placementOf(flags: ProcessFlags): Promise<Placement | undefined> {
  const { processes, nodes = 1, node, rendezvous } = flags;
  if (processes === undefined) {
    if (flags.nodes !== undefined) throw processesMissing("--nodes");
    if (node !== undefined) throw processesMissing("--node");
    return undefined;
  }
  const count = processes * nodes;
  if (count === 1) return undefined;
  if (nodes === 1) return { here: processes, count, leads: true };
  if (rendezvous === undefined) throw rendezvousMissing(nodes);
  if (node !== undefined && node >= nodes) throw nodeOutOfRange(node, nodes);
  const leads = node === undefined ? await isThisMachine(rendezvous.host) : node === 0;
  return { here: processes, count, leads, rendezvous };
}

async function isThisMachine(host: string): Promise<boolean> {
  const own = Object.values(networkInterfaces()).flatMap((each) =>
    (each ?? []).map(({ address }) => address),
  );
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.some(({ address }) => own.includes(address));
}
