import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { decodeImage } from "./decode.ts";
import { ImageError, LoaderError } from "./errors.ts";
import { HTTP_LIMITS } from "./http-limits.ts";
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

describe("an address with secrets", () => {
  afterEach(() => vi.unstubAllEnvs());
  const asked = async (address: string) => Buffer.from(await readRange(address, 0, 3));

  it("keeps its query, and no message holds it", async () => {
    server.wanted = { query: "token=s3cret" };
    expect(await asked(`${file()}?token=s3cret`)).toEqual(Buffer.from(content.slice(0, 3)));
    const wrong = await readRange(`${file()}?token=0ther`, 0, 3).catch((error: unknown) => error);
    expect(wrong).toMatchObject({
      message:
        `${file()}?token=… cannot be read: the server answered 401: ` +
        "it wants a token or a password, see TSSL_HTTP_HEADERS.",
      data: { address: `${file()}?token=…` },
    });
    const part = { path: `${file()}?token=s3cret`, name: "1.png", offset: 499_990, size: 20 };
    await expect(readFilePart(part)).rejects.toMatchObject({
      message: `${file()}?token=…:1.png: truncated: ${file()}?token=… ends before its 20 bytes from byte 499990 on. Fetch ${file()}?token=… again.`, // prettier-ignore
    });
  });

  it("is refused at once where it holds a password", async () => {
    const address = `${server.address.replace("//", "//user:s3cret@")}/a.tar`;
    const refused = (await readRange(address, 0, 3).catch((error: unknown) => error)) as LoaderError;
    expect(refused.message).toContain("give the password in TSSL_HTTP_HEADERS");
    expect(refused.stack! + JSON.stringify(refused)).not.toContain("s3cret");
    expect(server.asked).toEqual([]);
  });

  it("sends headers of the environment to the server that it names, and to none that it redirects to", async () => {
    vi.stubEnv("TSSL_HTTP_HEADERS", "127.0.0.1 Authorization: Bearer s3cret");
    const other = await serveRanges(() => content);
    server.wanted = { authorization: "Bearer s3cret" };
    server.redirects.set("/moved.tar", `${other.address}/there.tar`);
    server.redirects.set("/here.tar", "/a.tar");
    await asked(`${server.address}/moved.tar`);
    await asked(`${server.address}/here.tar`);
    expect(server.authorizations).toEqual(Array(3).fill("Bearer s3cret"));
    expect(other.authorizations).toEqual([undefined]);
    await other.close();
  });
});

describe("a redirect", () => {
  it("is followed once, and anew when the place that it led to is gone", async () => {
    const gone = await serveRanges(() => content);
    server.redirects.set("/moved.tar", `${gone.address}/there.tar`);
    const address = `${server.address}/moved.tar`;
    for (const offset of [0, 10, 20]) await readRange(address, offset, 5);
    expect([server.asked.length, gone.asked.length]).toEqual([1, 3]);
    gone.wanted = { query: "a new signature" };
    server.redirects.set("/moved.tar", "/a.tar");
    expect(await readRange(address, 30, 5)).toEqual(content.slice(30, 35));
    await readRange(address, 40, 5);
    expect([server.asked.length, gone.asked.length]).toEqual([4, 4]);
    await gone.close();
    server.redirects.set("/back.tar", `${gone.address}/there.tar`);
    await expect(readRange(`${server.address}/back.tar`, 0, 5)).rejects.toThrow(LoaderError);
  });

  it.each([
    ["/loop.tar", "there are more than 10 redirects", 11],
    ["file:///etc/passwd", "the server redirects to file:", 1],
    ["http://user:s3cret@127.0.0.1/", "the server redirects to an address with a password", 1],
    ["http://", "the server redirects to what is no address", 1],
  ])("to %s is refused at once", async (location, reason, requests) => {
    server.redirects.set("/loop.tar", location);
    await expect(readRange(`${server.address}/loop.tar`, 0, 5)).rejects.toThrow(reason);
    expect(server.asked).toHaveLength(requests);
  });

  it("from https: to http: is refused", async () => {
    const fetch = vi.fn(() => Promise.resolve(Response.redirect("http://example.org/b.tar")));
    vi.stubGlobal("fetch", fetch);
    try {
      const reason = "the server redirects from https: to http:";
      await expect(readRange("https://example.org/a.tar", 0, 5)).rejects.toThrow(reason);
      expect(fetch).toHaveBeenCalledTimes(1);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

it("an answer without an end is left when its bytes are there", async () => {
  const piece = Buffer.alloc(4096, 7);
  const endless = createServer((_, response) => {
    response.writeHead(206, { "content-range": "bytes 0-999/1000" });
    const send = () => {
      if (response.destroyed) return;
      response.write(piece);
      setImmediate(send);
    };
    send();
  });
  const address = await listening(endless);
  expect(await readRange(address, 0, 1000)).toEqual(new Uint8Array(1000).fill(7));
  await expect(readRemoteText(address)).rejects.toThrow("it has more than 16 MiB");
  endless.close();
  endless.closeAllConnections();
});

it("a server that gives a few bytes to each request is given up", async () => {
  const asked: string[] = [];
  const slow = createServer((request, response) => {
    const first = Number(/=(\d+)-/.exec(request.headers.range!)![1]);
    asked.push(request.headers.range!);
    response.writeHead(206, { "content-range": `bytes ${first}-${first}/9999` }).end("x");
  });
  const address = await listening(slow);
  await expect(readRange(address, 0, 9999)).rejects.toThrow("the answer ended at byte 100");
  expect(asked).toHaveLength(100);
  slow.close();
  slow.closeAllConnections();
});

describe("a server that keeps one waiting is given up after the time of a request", () => {
  const usual = { ...HTTP_LIMITS };
  beforeEach(() => void Object.assign(HTTP_LIMITS, { answer: 100, request: 300, leastRate: 2 ** 30 }));
  afterEach(() => void Object.assign(HTTP_LIMITS, usual));
  const head = { "content-range": "bytes 0-9999/10000" };

  it.each<[what: string, answer: (response: ServerResponse) => void]>([
    ["says nothing", () => {}],
    ["says that it will answer", (response) => response.writeHead(206, head).flushHeaders()],
    [
      "answers in drops",
      (response) => {
        response.writeHead(206, head).write("x");
        const drops = setInterval(() => response.write("x"), 10);
        response.on("close", () => clearInterval(drops));
      },
    ],
    [
      "redirects, and slowly",
      (response) => setTimeout(() => response.writeHead(302, { location: "/again.tar" }).end(), 60),
    ],
  ])("that %s", async (_, answer) => {
    const slow = createServer((__, response) => answer(response));
    const address = await listening(slow);
    await expect(readRange(address, 0, 10_000)).rejects.toThrow(LoaderError);
    await expect(readRemoteText(address)).rejects.toThrow(LoaderError);
    slow.close();
    slow.closeAllConnections();
  });
});

it.each([
  [{ "content-range": "bytes 0-0/100000000000000000000" }, "the server does not report its size"],
  [{ "content-range": "bytes 0-0/9", "content-encoding": "gzip" }, "the server compresses what it was asked"],
])("an answer with %j is refused at once", async (headers, reason) => {
  const asked: string[] = [];
  const lying = createServer((request, response) => {
    asked.push(request.url!);
    response.writeHead(206, headers).end();
  });
  const address = await listening(lying);
  await expect(describeRemote(address)).rejects.toThrow(reason);
  expect(asked).toHaveLength(1);
  lying.close();
});

async function listening(other: Server): Promise<string> {
  await new Promise<void>((ready) => other.listen(0, "127.0.0.1", ready));
  return `http://127.0.0.1:${(other.address() as AddressInfo).port}/a.tar`;
}
