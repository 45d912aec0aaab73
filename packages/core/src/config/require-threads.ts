import { availableParallelism } from "node:os";

import { moreThreadsThanCores } from "../messages/options.ts";

/** Threads that a core may get, and that every machine has room for. */
const PER_CORE = 8;
const ANYWHERE = 64;

/**
 * Refuses more threads than a machine has room for: each takes memory of its own, before it does anything.
 *
 * @param option "data.workers" or "engine.threads". @param got null: as many as suit the machine.
 * @throws {TsslError} INVALID_OPTION
 */
export function requireThreads(option: string, got: number | null, cores = availableParallelism()): void {
  const most = Math.max(ANYWHERE, PER_CORE * cores);
  if (got !== null && got > most) throw moreThreadsThanCores(option, got, most, cores);
}
