import { totalmem } from "node:os";

import { stateTooLarge } from "../messages/options.ts";
import type { StateStore } from "./store.ts";

/** TensorFlow's session and the store hold each value of the state once. */
const COPIES = 2;

const BYTES_OF_A_NUMBER = 4;

/** Bytes of memory that this process may have in all: the machine's, or its container's. */
export function memoryInAll(): number {
  const limit = process.constrainedMemory();
  // Without a limit it is 0, undefined or a number beyond all memory, depending on the version of Node and of
  // Linux.
  return limit > 0 ? Math.min(totalmem(), limit) : totalmem();
}

/**
 * Refuses a value that the machine cannot hold beside the rest of the state, before it takes any memory.
 *
 * @throws {TsslError} INVALID_OPTION
 */
export function requireRoom(
  store: Pick<StateStore, "bytes">,
  name: string,
  shape: readonly number[],
  memory = memoryInAll(),
): void {
  const own = shape.reduce((product, length) => product * length, BYTES_OF_A_NUMBER);
  const needed = COPIES * (store.bytes + own);
  if (needed > memory) throw stateTooLarge(name, shape, needed, memory);
}
