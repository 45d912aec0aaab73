import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

import { afterEach, expect, it } from "vitest";

import { refusal } from "../testing/index.ts";
import { type Frame, framesFrom, sendFrame } from "./frames.ts";

const open: { destroy(): void }[] = [];
afterEach(() => open.splice(0).forEach((each) => each.destroy()));

/** Two ends of a connection. */
async function ends(): Promise<readonly [Socket, Socket]> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { readonly port: number };
  const near = connect(port, "127.0.0.1");
  const [far] = (await once(server, "connection")) as [Socket];
  server.close();
  open.push(near, far);
  return [near, far];
}

it("frames arrive whole and in order, whatever their size", async () => {
  const [near, far] = await ends();
  const large = Uint8Array.from({ length: 3_000_000 }, (_, i) => i % 251);
  sendFrame(near, { order: "write" }, [large.subarray(0, 1_000_001), large.subarray(1_000_001)]);
  sendFrame(near, { order: "step", step: 7 });
  sendFrame(near, "ä");
  near.end();
  const frames: Frame[] = [];
  for await (const frame of framesFrom(far)) frames.push(frame);
  expect(frames.map(({ said }) => said)).toEqual([{ order: "write" }, { order: "step", step: 7 }, "ä"]);
  expect(Buffer.from(frames[0]!.bytes).equals(Buffer.from(large))).toBe(true);
  expect(frames[1]!.bytes).toHaveLength(0);
});

it("refuses what is no frame, and more bytes with the first one than it was told to take", async () => {
  const read = async (write: (socket: Socket) => void, most?: number) => {
    const [near, far] = await ends();
    write(near);
    near.end();
    return refusal(async () => {
      for await (const { said } of framesFrom(far, most)) expect(said).toBeDefined();
    });
  };
  const broken = /^PROCESS_FAILED: What arrived from another process is not what tssl sends/;
  expect(await read((socket) => socket.write("GET / HTTP/1.1\r\nHost: node-a\r\n\r\n"))).toMatch(broken);
  expect(await read((socket) => sendFrame(socket, {}, [new Uint8Array(1)]), 0)).toMatch(broken);
  const noJson = Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), Buffer.from("{")]);
  expect(await read((socket) => socket.write(noJson))).toMatch(broken);
});

it("end with a connection that breaks", async () => {
  const [near, far] = await ends();
  sendFrame(near, "once");
  const frames = framesFrom(far);
  expect(await frames.next()).toMatchObject({ value: { said: "once" } });
  near.resetAndDestroy();
  far.on("error", () => undefined);
  expect(await frames.next()).toEqual({ done: true, value: undefined });
});

it("takes any number of bytes with those after the first", async () => {
  const [near, far] = await ends();
  [0, 1, 2].forEach((bytes) => sendFrame(near, "frame", [new Uint8Array(bytes)]));
  near.end();
  const lengths: number[] = [];
  for await (const { bytes } of framesFrom(far, 0)) lengths.push(bytes.length);
  expect(lengths).toEqual([0, 1, 2]);
});
