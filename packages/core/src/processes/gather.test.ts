import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as later } from "node:timers/promises";

import { freeAddress } from "@tssl/engine";
import { describe, expect, it } from "vitest";

import { refusal } from "../testing/index.ts";
import { sendFrame } from "./frames.ts";
import { gatherFollowers } from "./gather.ts";
import { type Leader, meetLeader } from "./meet-leader.ts";

const HOST = "127.0.0.1";
const freePort = async (): Promise<number> => Number((await freeAddress(HOST)).split(":")[1]);
const alike = { optimizer: { lr: 0.1 } };

/** A process that leads, and two that follow, the later one first. */
async function three() {
  const port = await freePort();
  const leading = gatherFollowers({ count: 3, host: HOST, port, alike, seconds: 10 });
  const [second, first] = await Promise.all([
    meetLeader({ host: HOST, port, place: 2, patience: 10 }),
    meetLeader({ host: HOST, port, place: 1, patience: 10 }),
  ]);
  return { followers: await leading, first: first, second: second };
}

const nextOf = async ({ frames }: Leader) => (await frames.next()).value as unknown;

describe("processes that meet", () => {
  it("have ranks by their places, and all addresses", async () => {
    const { followers, first, second } = await three();
    expect([first, second].map(({ group }) => group.rank)).toEqual([1, 2]);
    expect(followers.group.addresses).toHaveLength(3);
    expect(new Set(followers.group.addresses).size).toBe(3);
    expect(first.group).toEqual({ rank: 1, addresses: followers.group.addresses, place: 1, alike });
    followers.close();
    first.socket.destroy();
    second.socket.destroy();
  });

  it("hear orders in turn, and of the end", async () => {
    const { followers, first, second } = await three();
    followers.tell({ order: "write", values: [] }, [Uint8Array.of(1, 2)]);
    followers.tell({ order: "step", step: 3, part: 0 });
    followers.close();
    for (const leader of [first, second]) {
      expect(await nextOf(leader)).toEqual({
        said: { order: "write", values: [] },
        bytes: Uint8Array.of(1, 2),
      });
      expect(await nextOf(leader)).toMatchObject({ said: { order: "step", step: 3, part: 0 } });
      expect(await nextOf(leader)).toMatchObject({ said: { order: "end" } });
      leader.socket.destroy();
    }
    expect(await followers.lost(0.01)).toBeUndefined();
  });

  it("know which one is gone, and that it said why", async () => {
    const { followers, first, second } = await three();
    sendFrame(first.socket, { report: "corrupt", files: [{ file: "a.jpg", kind: "cut short" }] });
    second.socket.destroy();
    expect((await followers.lost(5))?.message).toMatch(/^process 2 is gone: /);
    expect(followers.corrupt).toEqual({ "a.jpg": "cut short" });
    expect(await refusal(() => followers.tell({ order: "step", step: 0 }))).toMatch(
      /^PROCESS_LOST: process 2/,
    );
    followers.close();
    expect(await nextOf(first)).toBeUndefined(); // no word of an end: all are to start again

    const again = await three();
    sendFrame(again.first.socket, { report: "failed", reason: "./images is gone.", code: "INVALID_DATA" });
    expect((await again.followers.lost(5))?.message).toBe("process 1 has ended: ./images is gone.");
    again.followers.close();
    for (const { socket } of [first, again.first, again.second]) socket.destroy();
  });
});

it("those that are asked something answer in turn, or are gone", async () => {
  const { followers, first, second } = await three();
  const answers = [1, 2].map((step) => followers.ask(1, { order: "features", step }, [Uint8Array.of(step)]));
  for (const step of [1, 2]) {
    expect(await nextOf(second)).toEqual({ said: { order: "features", step }, bytes: Uint8Array.of(step) });
    sendFrame(second.socket, { report: "features" }, [Uint8Array.of(10 * step)]);
  }
  expect((await Promise.all(answers)).map((bytes) => bytes[0])).toEqual([10, 20]);
  const unanswered = refusal(() => followers.ask(0, { order: "features" }, []));
  second.socket.destroy();
  expect(await unanswered).toMatch(/^PROCESS_LOST: process 2 is gone: /);
  expect(await refusal(() => followers.ask(0, { order: "features" }, []))).toMatch(/^PROCESS_LOST: /);
  followers.close();
  first.socket.destroy();
});

it("one that is asked to stop tells the one that leads", async () => {
  const { followers, first, second } = await three();
  expect(followers.stop.aborted).toBe(false);
  sendFrame(second.socket, { report: "stop" });
  await once(followers.stop, "abort");
  expect(followers.stop.reason).toBe("Stopping after this step: process 2 was asked to stop.");
  expect(await followers.lost(0.01)).toBeUndefined();
  followers.close();
  for (const { socket } of [first, second]) socket.destroy();
});

describe("processes that do not meet", () => {
  it("stop waiting where they are asked to", async () => {
    const [port, other] = [await freePort(), await freePort()];
    const stopping = new AbortController();
    const { signal } = stopping;
    const point = { host: HOST, port, signal };
    const waiting = [
      refusal(() => gatherFollowers({ ...point, count: 3, alike, seconds: 60 })),
      refusal(() => meetLeader({ ...point, place: 1 })), // it has come, and not all others
      refusal(() => meetLeader({ ...point, port: other, place: 1 })), // nobody leads there
    ];
    await later(700);
    stopping.abort();
    const [leader, ...others] = await Promise.all(waiting);
    expect(leader).toMatch(
      /^PROCESS_FAILED: Stopped before training began: 1 of 2 other processes had come to 127.0.0.1:/,
    );
    for (const other of others) {
      expect(other).toMatch(/^PROCESS_FAILED: Stopped before the process that leads, at 127.0.0.1:/);
    }
  });

  it("say how many came, where others' words are not counted", async () => {
    const port = await freePort();
    const leading = refusal(() => gatherFollowers({ count: 2, host: HOST, port, alike, seconds: 1 }));
    const stranger = connect(port, HOST);
    stranger.on("error", () => undefined);
    stranger.write("GET / HTTP/1.1\r\n\r\n");
    await once(stranger, "close");
    expect(await leading).toMatch(
      /^PROCESS_FAILED: 0 other processes of 1 came to 127.0.0.1:\d+ within 1 second/,
    );
  });

  it("say that nobody leads, and that an address is taken", async () => {
    const port = await freePort();
    const alone = await refusal(() => meetLeader({ host: HOST, port, place: 1, patience: 0 }));
    expect(alone).toMatch(/^PROCESS_FAILED: No process leads a run at 127.0.0.1:\d+ \(connect ECONNREFUSED/);
    const options = { count: 2, host: HOST, port, alike, seconds: 0.3 };
    const [, second] = await Promise.all([
      refusal(() => gatherFollowers(options)),
      refusal(() => gatherFollowers(options)),
    ]);
    expect(second).toMatch(/^PROCESS_FAILED: The run cannot be led at 127.0.0.1:\d+: listen EADDRINUSE/);
  });
});
