import type { Socket } from "node:net";

import { EngineError, messageOf } from "../errors.ts";
import { anotherExchange, exchangeFailed, processGone, processSilent } from "../messages/processes.ts";
import { connectionFrom, connectionTo, neighbour, type Other } from "./meet-neighbours.ts";
import type { ProcessGroup } from "./process-group.ts";
import { readHead, sendMessage, sendSignOfLife } from "./ring-messages.ts";
import { type WholeReads, wholeReads } from "./whole-reads.ts";

/**
 * The processes of a group, each connected to the next one, and the last to the first. All of them must pass
 * as many bytes, in the same order.
 */
export interface Ring {
  /**
   * Sends bytes to the next process, and fills `heard` with what the one before sends. The bytes are lent
   * until this ends.
   *
   * @throws {EngineError} PROCESSES_FAILED once any process is gone.
   */
  pass(bytes: Uint8Array, heard: Uint8Array): Promise<void>;
}

/** How long processes wait for each other, in seconds. */
export interface RingTimes {
  /** For a neighbour, which may start later. */
  readonly patience: number;
  /** Between signs of life. */
  readonly beat: number;
  /** Without a sign of life. */
  readonly silence: number;
}

const TIMES: RingTimes = { patience: 300, beat: 2, silence: 60 };

/**
 * Listens at this process's address from now on, and connects to the next one. The connections stay as long
 * as the process lives, and keep it alive only while it waits for another.
 */
export function openRing(group: ProcessGroup, times: RingTimes = TIMES): Ring {
  const { rank, addresses } = group;
  const [next, before] = [neighbour(group, 1), neighbour(group, -1)];
  const ending = endOnce();
  const meeting = { patience: times.patience, signal: ending.signal };
  const joined = (other: Other) => (socket: Socket) => keptAlive(socket, { other, times, ending });
  const hearing = connectionFrom(before, addresses[rank]!, meeting).then(joined(before));
  const sending = connectionTo(next, rank, meeting).then(joined(next));
  for (const joining of [hearing, sending]) joining.catch(ending.fail);
  // What the next one sends are signs of life alone.
  void sending.then(({ reads }) => readHead(reads)).catch(() => undefined);

  let passed = 0;
  return {
    async pass(bytes, heard) {
      ending.signal.throwIfAborted();
      const alive = setInterval(() => undefined, 2 ** 30);
      try {
        const [from, to] = await Promise.all([hearing, sending]);
        const number = ++passed;
        const sent = sendMessage(to.socket, number, bytes);
        const head = await readHead(from.reads);
        if (head.number !== number || head.length !== heard.length) throw anotherExchange(before.who);
        await Promise.all([sent, from.reads.fill(heard)]);
      } catch (error) {
        ending.fail(error);
        throw ending.signal.reason;
      } finally {
        clearInterval(alive);
      }
    },
  };
}

/** The end of a ring: the first failure is what all of its calls end with from then on. */
interface Ending {
  /** Aborted by the first failure, which is its reason. */
  readonly signal: AbortSignal;
  readonly fail: (error: unknown) => void;
}

function endOnce(): Ending {
  const ending = new AbortController();
  return {
    signal: ending.signal,
    fail: (error) => ending.abort(error instanceof EngineError ? error : exchangeFailed(messageOf(error))),
  };
}

interface Watch {
  readonly other: Other;
  readonly times: RingTimes;
  readonly ending: Ending;
}

/** Gives signs of life to another process, and fails once it gives none or is gone. */
function keptAlive(
  socket: Socket,
  { other: { who }, times, ending }: Watch,
): { readonly socket: Socket; readonly reads: WholeReads } {
  const silence = setTimeout(() => ending.fail(processSilent(who, times.silence)), times.silence * 1000);
  silence.unref();
  const reads = wholeReads(socket, () => silence.refresh());
  const beat = setInterval(() => sendSignOfLife(socket), times.beat * 1000).unref();
  let reason = "its connection was closed";
  socket.on("error", (error) => (reason = error.message));
  const end = (): void => {
    clearTimeout(silence);
    clearInterval(beat);
    ending.fail(processGone(who, reason));
  };
  socket.on("close", end);
  if (socket.destroyed) end();
  const stop = (): void => {
    reads.fail(ending.signal.reason as EngineError);
    socket.destroy();
  };
  ending.signal.addEventListener("abort", stop);
  if (ending.signal.aborted) stop();
  socket.setNoDelay(true);
  socket.unref();
  return { socket, reads };
}
