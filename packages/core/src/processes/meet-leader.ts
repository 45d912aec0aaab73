import { createConnection, type Socket } from "node:net";
import os from "node:os";
import { setTimeout as later } from "node:timers/promises";

import { freeAddress, visibleCards } from "@tssl/engine";

import { messageOf } from "../errors.ts";
import { fits, type TypeOf } from "../files/shapes.ts";
import { brokenFrame, leaderLost, noLeader, stoppedLooking } from "../messages/processes.ts";
import { type Frame, framesFrom, sendFrame } from "./frames.ts";
import { PATIENCE, SILENCE } from "./gather.ts";
import { groupShape, type Hello, PROTOCOL } from "./orders.ts";

/** The process that leads a run, as one that follows sees it. */
export interface Leader {
  /** What it said once all processes were there. */
  readonly group: TypeOf<typeof groupShape>;
  readonly socket: Socket;
  /** Its orders. */
  readonly frames: AsyncGenerator<Frame>;
}

export interface MeetingPoint {
  readonly host: string;
  readonly port: number;
  /** The number of this process among those of its machine. */
  readonly place: number;
  /** Seconds to look for the one that leads, which may start later. Default 300. */
  readonly patience?: number;
  /** Aborting it ends the search. */
  readonly signal?: AbortSignal;
}

interface Search extends Required<Pick<MeetingPoint, "host" | "port" | "patience">> {
  readonly signal: AbortSignal | undefined;
}

/** Seconds between two tries to reach the process that leads. */
const AGAIN = 0.5;

/**
 * Finds the process that leads a run, and waits until all others have found it too.
 *
 * @throws {TsslError} PROCESS_FAILED where there is none, or the signal is aborted; PROCESS_LOST where it is
 * gone before all came.
 */
export async function meetLeader(point: MeetingPoint): Promise<Leader> {
  const { host, port, place, patience = PATIENCE, signal } = point;
  const socket = await connected({ host, port, patience, signal });
  const leave = (): void => void socket.destroy();
  signal?.addEventListener("abort", leave);
  socket.setNoDelay(true);
  socket.setTimeout((patience + SILENCE) * 1000, () => socket.destroy());
  socket.on("error", () => socket.destroy());
  const address = await freeAddress(socket.localAddress ?? host);
  const hello: Hello = { tssl: PROTOCOL, machine: os.hostname(), place, cards: [...visibleCards()], address };
  sendFrame(socket, hello);
  const frames = framesFrom(socket);
  const answer: IteratorResult<Frame, void> = await frames.next();
  signal?.removeEventListener("abort", leave);
  if (signal?.aborted === true) throw stoppedLooking(`${host}:${port}`);
  if (answer.done === true) throw leaderLost(`${host}:${port}`);
  const { said } = answer.value;
  if (!fits(groupShape, said)) throw brokenFrame();
  socket.setTimeout(SILENCE * 1000);
  return { group: said, socket, frames };
}

async function connected({ host, port, patience, signal }: Search): Promise<Socket> {
  const until = performance.now() + patience * 1000;
  for (;;) {
    try {
      return await new Promise<Socket>((resolve, reject) => {
        const socket = createConnection({ host, port });
        socket.once("error", reject);
        socket.once("connect", () => {
          socket.off("error", reject);
          resolve(socket);
        });
      });
    } catch (error) {
      if (signal?.aborted === true) throw stoppedLooking(`${host}:${port}`);
      if (performance.now() > until) throw noLeader(`${host}:${port}`, patience, messageOf(error));
      await later(AGAIN * 1000);
    }
  }
}
