import { createServer, type Server, type Socket } from "node:net";
import os from "node:os";

import { freeAddress, isLoopback, type ProcessGroup, visibleCards } from "@tssl/engine";

import { messageOf, TsslError } from "../errors.ts";
import { fits } from "../files/shapes.ts";
import {
  askedToStop,
  brokenFrame,
  cannotListen,
  notAllCame,
  processFailed,
  processLost,
  stoppedWaiting,
} from "../messages/processes.ts";
import { type Frame, framesFrom, sendFrame } from "./frames.ts";
import { type Hello, helloShape, type Order, reportShape } from "./orders.ts";
import { placesAmongCards, type Sight } from "./places-among-cards.ts";
import { reachableLike } from "./reachable-like.ts";

/** The other processes of a run, which do what this one, that leads, has them do. */
export interface Followers {
  /** This process and the others, as the engine takes them. */
  readonly group: ProcessGroup;
  /** Aborted once one of them was asked to stop; the reason says which. */
  readonly stop: AbortSignal;
  /** Why images could not be decoded by them, by the file. */
  readonly corrupt: Readonly<Record<string, string>>;
  /**
   * Has them all do something next.
   *
   * @throws {TsslError} PROCESS_LOST once one of them is gone, PROCESS_FAILED where it said why.
   */
  tell(order: Order, bytes?: readonly Uint8Array[]): void;
  /**
   * Has the one at a place, counted from 0, compute something.
   *
   * @returns the bytes of its answer. @throws {TsslError} as `tell`.
   */
  ask(place: number, order: Order, bytes: readonly Uint8Array[]): Promise<Uint8Array>;
  /** Why one of them is gone, as soon as that is known; after so many seconds, undefined. */
  lost(seconds: number): Promise<TsslError | undefined>;
  /** Tells them that the run has ended, unless all are to start again, and closes the connections. */
  close(): void;
}

export interface GatherOptions {
  /** Processes in all, this one among them. */
  readonly count: number;
  /** Where the others find this one. */
  readonly host: string;
  readonly port: number;
  /** What must be alike in all of them, by its name. */
  readonly alike: Readonly<Record<string, unknown>>;
  /** How long to wait for the others. */
  readonly seconds: number;
  readonly signal?: AbortSignal;
}

/** Seconds that processes wait for each other to start. */
export const PATIENCE = 300;
/** Seconds between signs of life, and the silence after which a process counts as gone. */
export const [BEAT, SILENCE] = [2, 60] as const;
/** The first frame of a stranger has nothing beside it. */
const NO_BYTES = 0;

/** Whoever waits for the answer of a process. */
interface Asked {
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: TsslError) => void;
}

interface Follower {
  readonly hello: Hello;
  readonly socket: Socket;
  readonly frames: AsyncGenerator<Frame>;
}

/**
 * Waits until the other processes of a run have come, and gives each its number. Ranks follow the names of
 * the machines, and on each the numbers of its processes, so that the same processes get the same ranks
 * again.
 *
 * @throws {TsslError} PROCESS_FAILED where they do not come, the address cannot be listened at, or the signal
 * is aborted.
 */
export async function gatherFollowers(options: GatherOptions): Promise<Followers> {
  const { count, host, port, alike, seconds, signal } = options;
  const address = `${host}:${port}`;
  const server = createServer();
  try {
    await listening(server, host, port).catch((error: unknown) => {
      throw cannotListen(address, messageOf(error));
    });
    const came = await arrivals(server, count - 1, seconds, signal);
    if (came.length < count - 1) {
      for (const { socket } of came) socket.destroy();
      if (signal?.aborted === true) throw stoppedWaiting(came.length, count - 1, address);
      throw notAllCame(came.length, count - 1, address, seconds);
    }
    const followers = came.toSorted((a, b) => order(a.hello, b.hello));
    const own = await freeAddress(ownHost(followers) ?? host);
    const addresses = [own, ...followers.map(({ hello }) => reachableLike(own, hello.address))];
    const places = placesAmongCards([ownSight(), ...followers.map(({ hello }) => hello)]);
    followers.forEach(({ socket }, i) =>
      sendFrame(socket, { rank: i + 1, addresses, place: places[i + 1]!, alike }),
    );
    return led(followers, { rank: 0, addresses, place: places[0]! });
  } finally {
    server.close();
  }
}

/** What this process sees. */
const ownSight = (): Sight => ({ machine: os.hostname(), cards: visibleCards() });

const order = (a: Hello, b: Hello): number =>
  a.machine === b.machine ? a.place - b.place : a.machine < b.machine ? -1 : 1;

/**
 * By the name that others know this machine it may reach only itself: Debian's /etc/hosts gives it to
 * 127.0.1.1. So it listens on all its interfaces, unless it is told a host that no other machine can mean.
 */
const listening = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ ...(isLoopback(host) ? { host } : {}), port }, resolve);
  });

/** This machine as the processes of others have reached it or, where there are none, as its own have. */
function ownHost(followers: readonly Follower[]): string | undefined {
  const reached = followers.map(({ socket }) => socket.localAddress ?? "");
  return reached.find((host) => !isLoopback(host)) ?? reached[0];
}

/** Those that come in time and say what a process of a run says; others are sent away. */
function arrivals(
  server: Server,
  wanted: number,
  seconds: number,
  signal: AbortSignal | undefined,
): Promise<readonly Follower[]> {
  const came: Follower[] = [];
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(patience);
      signal?.removeEventListener("abort", end);
      resolve(came);
    };
    const patience = setTimeout(end, seconds * 1000);
    signal?.addEventListener("abort", end);
    server.on("connection", (socket) => {
      socket.on("error", () => socket.destroy());
      socket.setNoDelay(true);
      const frames = framesFrom(socket, NO_BYTES);
      const heard = frames.next().catch((): IteratorResult<Frame> => ({ done: true, value: undefined }));
      void heard.then(({ done, value }) => {
        if (done === true || !fits(helloShape, value.said) || came.length === wanted) {
          socket.destroy();
          return;
        }
        came.push({ hello: value.said, socket, frames });
        if (came.length === wanted) end();
      });
    });
  });
}

/** Whoever is there, told of as "process 2 (of node-b)". */
const nameOf = (rank: number, { machine }: Hello): string =>
  `process ${rank}${machine === os.hostname() ? "" : ` (of ${machine})`}`;

function led(followers: readonly Follower[], group: ProcessGroup): Followers {
  let corrupt: Followers["corrupt"] = {};
  let gone: TsslError | undefined;
  let isOver = false;
  const stop = new AbortController();
  const waiting = new Set<(error: TsslError) => void>();
  /** Of each process, in the order in which it was asked. */
  const asked = followers.map((): Asked[] => []);
  const lose = (error: TsslError): void => {
    if (isOver || gone !== undefined) return;
    gone = error;
    for (const tell of waiting) tell(error);
    for (const { reject } of asked.flat()) reject(error);
  };

  const follow = async ({ hello, socket, frames }: Follower, rank: number): Promise<void> => {
    const who = nameOf(rank, hello);
    socket.setTimeout(SILENCE * 1000, () =>
      socket.destroy(new Error("it has not been heard of for a minute")),
    );
    let reason = "its connection was closed";
    socket.on("error", (error) => (reason = error.message));
    try {
      for await (const { said, bytes } of frames) {
        if (!fits(reportShape, said)) throw brokenFrame();
        for (const { file, kind } of said.files ?? []) corrupt = { ...corrupt, [file]: kind };
        if (said.report === "features") asked[rank - 1]!.shift()?.resolve(bytes);
        if (said.report === "stop") stop.abort(askedToStop(who));
        if (said.report === "failed") {
          lose(processFailed(who, said.reason ?? "no reason is known", said.code ?? ""));
          return;
        }
      }
    } catch (error) {
      reason = messageOf(error).replace(/\.$/, "");
    }
    lose(processLost(who, reason));
  };
  followers.forEach((follower, i) => void follow(follower, i + 1));
  const sendAll = (said: Order, bytes?: readonly Uint8Array[]) =>
    followers.forEach(({ socket }) => sendFrame(socket, said, bytes));
  const beat = setInterval(() => sendAll({ order: "alive" }), BEAT * 1000);
  beat.unref();

  return {
    group,
    stop: stop.signal,
    get corrupt() {
      return corrupt;
    },
    tell(said, bytes) {
      if (gone !== undefined) throw gone;
      sendAll(said, bytes);
    },
    ask(place, said, bytes) {
      if (gone !== undefined) return Promise.reject(gone);
      return new Promise((resolve, reject) => {
        asked[place]!.push({ resolve, reject });
        sendFrame(followers[place]!.socket, said, bytes);
      });
    },
    lost(seconds) {
      if (gone !== undefined) return Promise.resolve(gone);
      return new Promise((resolve) => {
        const stop = setTimeout(() => {
          waiting.delete(tell);
          resolve(undefined);
        }, seconds * 1000);
        const tell = (error: TsslError): void => {
          clearTimeout(stop);
          resolve(error);
        };
        waiting.add(tell);
      });
    },
    close() {
      isOver = true;
      clearInterval(beat);
      if (gone?.code !== "PROCESS_LOST") sendAll({ order: "end" });
      for (const { socket } of followers) socket.end();
    },
  };
}
