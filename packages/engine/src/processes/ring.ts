import { createConnection, createServer, type Socket } from "node:net";
import { setTimeout as later } from "node:timers/promises";

import { EngineError, messageOf } from "../errors.ts";
import {
  anotherExchange,
  exchangeFailed,
  processesNotJoined,
  processGone,
  processNotFound,
  processSilent,
} from "../messages/processes.ts";
import type { ProcessGroup } from "./process-group.ts";
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
/** Seconds between two tries to reach the next process. */
const AGAIN = 0.2;

/** What a connection begins with: "tssl", the version of what follows, the number of who connects. */
const [MARK, PROTOCOL] = [0x7473736c, 1];
/** What a message begins with: its number, 0 for a sign of life, and its length in bytes. */
const HEAD = 12;

interface Neighbour {
  readonly socket: Socket;
  readonly reads: WholeReads;
}

/**
 * Listens at this process's address from now on, and connects to the next one. The connections stay as long
 * as the process lives, and keep it alive only while it waits for another.
 */
export function openRing({ rank, addresses }: ProcessGroup, times: RingTimes = TIMES): Ring {
  const size = addresses.length;
  const whoIs = (other: number): string => `process ${other} (at ${addresses[other]})`;
  const [next, before] = [(rank + 1) % size, (rank + size - 1) % size].map((number) => ({
    number,
    who: whoIs(number),
    address: addresses[number]!,
  })) as [Other, Other];
  const stop = new AbortController();
  let failure: EngineError | undefined;
  const fail = (error: EngineError): void => {
    failure ??= error;
    stop.abort(failure);
  };

  const joined = ({ who }: Other, socket: Socket): Neighbour => {
    const silence = setTimeout(() => fail(processSilent(who, times.silence)), times.silence * 1000).unref();
    const reads = wholeReads(socket, () => silence.refresh());
    const beat = setInterval(() => socket.write(headOf(0, 0)), times.beat * 1000).unref();
    let reason = "its connection was closed";
    socket.on("error", (error) => (reason = error.message));
    const end = (): void => {
      clearTimeout(silence);
      clearInterval(beat);
      fail(processGone(who, reason));
    };
    socket.on("close", end);
    if (socket.destroyed) end();
    stop.signal.addEventListener("abort", () => {
      reads.fail(failure!);
      socket.destroy();
    });
    socket.setNoDelay(true);
    socket.unref();
    return { socket, reads };
  };
  const orFail = <T>(joining: Promise<T>): Promise<T> => {
    joining.catch((error: unknown) =>
      fail(error instanceof EngineError ? error : exchangeFailed(messageOf(error))),
    );
    return joining;
  };
  const options = { patience: times.patience, signal: stop.signal };
  const hearing = orFail(
    heardFrom(before, addresses[rank]!, options).then((socket) => joined(before, socket)),
  );
  const sending = orFail(connected(next, rank, options).then((socket) => joined(next, socket)));
  // What the next one sends are signs of life alone.
  void sending.then(({ reads }) => readMessage(reads)).catch(() => undefined);

  let passed = 0;
  return {
    async pass(bytes, heard) {
      if (failure !== undefined) throw failure;
      const alive = setInterval(() => undefined, 2 ** 30);
      try {
        const [from, to] = await Promise.all([hearing, sending]);
        const number = ++passed;
        const sent = sendMessage(to.socket, number, bytes);
        const head = await readMessage(from.reads);
        if (head.number !== number || head.length !== heard.length) throw anotherExchange(before.who);
        await Promise.all([sent, from.reads.fill(heard)]);
      } catch (error) {
        if (error instanceof EngineError) fail(error);
        throw failure ?? error;
      } finally {
        clearInterval(alive);
      }
    },
  };
}

/** Another process, as this one knows it. */
interface Other {
  readonly number: number;
  readonly who: string;
  readonly address: string;
}

interface Joining {
  readonly patience: number;
  readonly signal: AbortSignal;
}

/** Waits for the connection of the process before. Whoever else connects is sent away. */
function heardFrom(before: Other, own: string, { patience, signal }: Joining): Promise<Socket> {
  const { host, port } = placeOf(own);
  const server = createServer();
  return new Promise<Socket>((resolve, reject) => {
    const late = setTimeout(() => reject(processNotFound(before.who, patience)), patience * 1000).unref();
    signal.addEventListener("abort", () => reject(signal.reason as Error));
    server.on("error", (error) => reject(processesNotJoined(own, error.message)));
    server.on("connection", (socket) => {
      socket.unref();
      socket.on("error", () => socket.destroy());
      const take = (): void => {
        const hello = socket.read(HEAD) as Buffer | null;
        if (hello === null) return;
        socket.off("readable", take);
        if (!hello.equals(helloOf(before.number))) return void socket.destroy();
        clearTimeout(late);
        resolve(socket);
      };
      socket.on("readable", take);
    });
    // A machine may know itself by another address than the others do.
    server.listen(isLoopback(host) ? { host, port } : { port }, () => server.unref());
  }).finally(() => server.close());
}

/** Connects to the next process, again and again until it listens. */
async function connected(next: Other, rank: number, { patience, signal }: Joining): Promise<Socket> {
  const until = performance.now() + patience * 1000;
  for (;;) {
    signal.throwIfAborted();
    try {
      const socket = await new Promise<Socket>((resolve, reject) => {
        const trying = createConnection(placeOf(next.address));
        trying.once("error", reject);
        trying.once("connect", () => {
          trying.off("error", reject);
          resolve(trying);
        });
      });
      socket.write(helloOf(rank));
      return socket;
    } catch {
      if (performance.now() > until) throw processNotFound(next.who, patience);
      await later(AGAIN * 1000, undefined, { ref: false });
    }
  }
}

const helloOf = (rank: number): Buffer => {
  const hello = Buffer.alloc(HEAD);
  [MARK, PROTOCOL, rank].forEach((word, i) => hello.writeUInt32LE(word, i * 4));
  return hello;
};

function headOf(number: number, length: number): Buffer {
  const head = Buffer.alloc(HEAD);
  head.writeUInt32LE(number);
  head.writeDoubleLE(length, 4);
  return head;
}

function sendMessage(socket: Socket, number: number, bytes: Uint8Array): Promise<void> {
  socket.cork();
  socket.write(headOf(number, bytes.length));
  const sent = new Promise<void>((resolve, reject) => {
    socket.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
  socket.uncork();
  return sent;
}

/** The head of the next message that is more than a sign of life. */
async function readMessage(reads: WholeReads): Promise<{ readonly number: number; readonly length: number }> {
  const head = Buffer.alloc(HEAD);
  for (;;) {
    await reads.fill(head);
    const number = head.readUInt32LE();
    if (number !== 0) return { number, length: head.readDoubleLE(4) };
  }
}

/** "10.0.0.1:40001" and "[::1]:40001" in two parts. */
function placeOf(address: string): { readonly host: string; readonly port: number } {
  const [, host = "", port = ""] = /^\[?(.+?)\]?:(\d+)$/.exec(address) ?? [];
  return { host, port: Number(port) };
}

const isLoopback = (host: string): boolean => host === "localhost" || host === "::1" || /^127\./.test(host);
