import { once } from "node:events";
import { createConnection, createServer, type Socket } from "node:net";

import { expect, it, onTestFinished } from "vitest";

import { freeGroup } from "./ring.test.data.ts";
import { openRing, type RingTimes } from "./ring.ts";

const TIMES: RingTimes = { patience: 10, beat: 0.05, silence: 0.5 };
/** "tssl", the version, the number of the process. */
const HELLO = Buffer.from("6c73737401000000" + "01000000", "hex");

/** The first of two processes, and the connections of a program in the place of the second. */
async function besideStranger(hello: Uint8Array = HELLO) {
  const [own] = await freeGroup(2);
  const [address, other] = own!.addresses.map((each) => ({
    host: "127.0.0.1",
    port: Number(each.split(":")[1]),
  }));
  const server = createServer().listen(other);
  const ring = openRing(own!, TIMES);
  const [heard] = (await once(server, "connection")) as [Socket];
  const said = createConnection(address!);
  for (const each of [heard, said]) each.on("error", () => undefined);
  said.write(hello);
  onTestFinished(() => {
    server.close();
    heard.destroy();
    said.destroy();
  });
  return { ring, heard, said, who: `process 1 (at ${own!.addresses[1]})` };
}
const pass = (ring: ReturnType<typeof openRing>) => ring.pass(Uint8Array.of(1), new Uint8Array(1));

it("says which process is gone", async () => {
  const { ring, heard, said, who } = await besideStranger();
  const passing = pass(ring);
  for (const each of [heard, said]) each.destroy();
  const gone = `An exchange with another process failed: ${who} is gone: its connection was closed.`;
  await expect(passing).rejects.toThrow(gone);
  await expect(pass(ring), "once for all").rejects.toThrow(gone);
});

it("says which process is silent", async () => {
  const { ring, who } = await besideStranger();
  await expect(pass(ring)).rejects.toThrow(`${who} has not been heard of for 0.5 seconds.`);
});

it("says that a process is elsewhere", async () => {
  const { ring, said, who } = await besideStranger();
  const another = Buffer.alloc(12);
  another.writeUInt32LE(2);
  said.write(another);
  await expect(pass(ring)).rejects.toThrow(`${who} computes another step than this one, or another part`);
});

it("says that there is none", async () => {
  const [own] = await freeGroup(2);
  const ring = openRing(own!, { ...TIMES, patience: 0.3 });
  await expect(pass(ring)).rejects.toThrow("has not been found in 0.3 seconds. It may not be reached from");
});

it("says that it cannot listen", async () => {
  const [own, other] = await freeGroup(2);
  const taken = createServer().listen(Number(own!.addresses[0]!.split(":")[1]), "127.0.0.1");
  await once(taken, "listening");
  onTestFinished(() => void taken.close());
  openRing(other!, TIMES);
  await expect(pass(openRing(own!, TIMES))).rejects.toThrow(
    /cannot listen at 127\.0\.0\.1:\d+: .*EADDRINUSE/,
  );
});

it("sends away whoever is no process of its group", async () => {
  const { said } = await besideStranger(Buffer.from("GET / HTTP/1.1\r\n\r\n"));
  await once(said, "close");
});

it("hears of those that wait", async () => {
  const groups = await freeGroup(2);
  const [first, second] = groups.map((group) => openRing(group, TIMES));
  const waiting = pass(first!);
  await new Promise((resolve) => setTimeout(resolve, TIMES.silence * 3000));
  await Promise.all([waiting, pass(second!)]);
});
