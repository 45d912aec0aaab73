import { createConnection, createServer, type Socket } from "node:net";
import { setTimeout as later } from "node:timers/promises";

import { processesNotJoined, processNotFound } from "../messages/processes.ts";
import { isLoopback, placeOf } from "./address.ts";
import type { ProcessGroup } from "./process-group.ts";
import { readHello, sendHello } from "./ring-messages.ts";

/** Another process of a group. */
export interface Other {
  readonly number: number;
  readonly address: string;
  /** "process 1 (at 10.0.0.2:40001)" */
  readonly who: string;
}

interface Meeting {
  /** Seconds to wait for a process, which may start later. */
  readonly patience: number;
  /** Aborting it ends the wait, with its reason. */
  readonly signal: AbortSignal;
}

/** Seconds between two tries to reach another process. */
const AGAIN = 0.2;

/**
 * The process that is some places further round the group.
 *
 * @param steps 1: the next one; -1: the one before.
 */
export function neighbour({ rank, addresses }: ProcessGroup, steps: number): Other {
  const number = (rank + steps + addresses.length) % addresses.length;
  const address = addresses[number]!;
  return { number, address, who: `process ${number} (at ${address})` };
}

/**
 * Waits for the connection of a process. Whoever else connects is sent away.
 *
 * @param own the address to listen at.
 * @throws {EngineError} PROCESSES_FAILED
 */
export function connectionFrom(other: Other, own: string, { patience, signal }: Meeting): Promise<Socket> {
  const { host, port } = placeOf(own);
  const server = createServer();
  return new Promise<Socket>((resolve, reject) => {
    const late = setTimeout(() => reject(processNotFound(other.who, patience)), patience * 1000).unref();
    signal.addEventListener("abort", () => reject(signal.reason as Error));
    server.on("error", (error) => reject(processesNotJoined(own, error.message)));
    server.on("connection", (socket) => {
      socket.unref();
      socket.on("error", () => socket.destroy());
      const take = (): void => {
        const isOther = readHello(socket, other.number);
        if (isOther === undefined) return;
        socket.off("readable", take);
        if (!isOther) return void socket.destroy();
        clearTimeout(late);
        resolve(socket);
      };
      socket.on("readable", take);
    });
    // A machine may know itself by another address than the others do.
    server.listen(isLoopback(host) ? { host, port } : { port }, () => server.unref());
  }).finally(() => server.close());
}

/**
 * Connects to a process, again and again until it listens.
 *
 * @param rank of this process.
 * @throws {EngineError} PROCESSES_FAILED
 */
export async function connectionTo(
  other: Other,
  rank: number,
  { patience, signal }: Meeting,
): Promise<Socket> {
  const until = performance.now() + patience * 1000;
  for (;;) {
    signal.throwIfAborted();
    try {
      const socket = await tried(other.address);
      sendHello(socket, rank);
      return socket;
    } catch {
      if (performance.now() > until) throw processNotFound(other.who, patience);
      await later(AGAIN * 1000, undefined, { ref: false });
    }
  }
}

const tried = (address: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = createConnection(placeOf(address));
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(socket);
    });
  });
