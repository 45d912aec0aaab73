import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { decodeImage } from "./decode.ts";
import { ImageError, LoaderError } from "./errors.ts";
import { describeRemote, readRange, readRemoteText } from "./http-range.ts";
import { readFilePart } from "./image-file.ts";
import { type RangeServer, serveRanges } from "./testing/range-server.ts";

// Pauses before the next try take no time here.
vi.mock("node:timers/promises", () => ({ setTimeout: () => Promise.resolve() }));

/** Larger than what goes into one piece of an answer. */
const content = Uint8Array.from({ length: 500_000 }, (_, i) => (i * 7919) >> 4);
let server: RangeServer;
const file = () => `${server.address}/a.tar`;
const files = new Map([["/a.tar", content], ["/classes.json", Buffer.from('["cat"]')]]); // prettier-ignore
beforeEach(async () => (server = await serveRanges((url) => files.get(url))));
afterEach(() => server.close());
const whole = () => readRange(file(), 100, 400_000);
const wanted = content.slice(100, 400_100);

describe("readRange", () => {
  it("asks for the bytes, and for no others", async () => {
    expect(Buffer.compare(await whole(), wanted)).toBe(0);
    expect(server.asked).toEqual(["/a.tar 100-400099"]);
  });

  it("goes on where a connection broke off", async () => {
    server.faults.push("broken", "broken");
    expect(Buffer.compare(await whole(), wanted)).toBe(0);
    const starts = server.asked.map((asked) => Number(/ (\d+)-400099$/.exec(asked)![1]));
    expect(starts).toHaveLength(3);
    expect(starts[0]).toBe(100);
    expect(starts[1]).toBeGreaterThan(100); // not from the beginning
    expect(starts[2]).toBeGreaterThan(starts[1]!);
  });

  it("asks for the rest of an answer that is shorter than it should be", async () => {
    server.faults.push("truncated");
    expect(Buffer.compare(await whole(), wanted)).toBe(0);
    expect(server.asked).toEqual(["/a.tar 100-400099", "/a.tar 200100-400099"]);
  });

  it("asks a busy server again, and tells when it has had enough", async () => {
    server.faults.push("busy", "busy");
    expect(Buffer.compare(await whole(), wanted)).toBe(0);
    server.faults.push(...Array<"busy">(8).fill("busy"));
    await expect(whole()).rejects.toMatchObject({
      code: "LOADER",
      data: { address: file(), reason: "the server answered 503" },
    });
    expect(server.faults).toEqual([]);
  });

  it("refuses what no second try would change", async () => {
    const address = `${server.address}/none`;
    await expect(readRange(address, 0, 9)).rejects.toMatchObject({
      code: "LOADER",
      data: { address, reason: "the server answered 404" },
    });
    server.faults.push("whole");
    await expect(whole()).rejects.toMatchObject({ data: { reason: "the server does not support ranges" } });
    expect(server.asked).toHaveLength(2);
  });
});

describe("a file on a server", () => {
  it("has a size and a version", async () => {
    expect(await describeRemote(file())).toEqual({ size: 500_000, version: `"500000-0"` });
    await expect(describeRemote(`${server.address}/none`)).rejects.toMatchObject({
      data: { reason: "the server answered 404" },
    });
  });

  it("is read as text, where it is there", async () => {
    expect(await readRemoteText(`${server.address}/classes.json`)).toBe('["cat"]');
    expect(await readRemoteText(`${server.address}/none`)).toBe(undefined);
  });

  it("that ends within an image is that image's fault; a server that is not there is not", async () => {
    const part = { path: file(), name: "1.png", offset: 499_990, size: 20 };
    await expect(decodeImage(part)).rejects.toThrow(ImageError);
    await expect(readFilePart(part)).rejects.toMatchObject({
      code: "IMAGE",
      data: { problem: "truncated", path: file(), offset: 499_990, size: 20, found: undefined },
    });
    await expect(readFilePart({ ...part, path: `${server.address}/none` })).rejects.toThrow(LoaderError);
  });
});
