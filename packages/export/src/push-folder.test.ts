import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { pushFolder } from "./push-folder.ts";

const TOKEN = "hf_secretOfMine";
/** Files from this size on go through the hub's store of large files. */
const LARGE = 1000;

interface Commit {
  readonly title: string;
  /** Contents by path. */
  readonly files: Readonly<Record<string, Buffer>>;
}

/** A hub with one owner "me": what huggingface.co answers to the requests of an upload, as of 2026-11. */
interface Hub {
  readonly address: string;
  readonly commits: Commit[];
  /** Names of repositories, and whether each is private. */
  readonly repositories: Map<string, boolean>;
  /** What the next commit is answered with. */
  refuse?: { readonly status: number; readonly error: string };
  close(): void;
}

async function openHub(): Promise<Hub> {
  const stored = new Map<string, Buffer>();
  const server: Server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const [status, answer] = answerTo(request, body);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const hub: Hub = { address, commits: [], repositories: new Map(), close: () => server.close() };

  function answerTo({ url = "", method, headers }: IncomingMessage, body: Buffer): [number, object] {
    const large = /^\/store\/(\w+)$/.exec(url)?.[1];
    if (large !== undefined && method === "PUT") {
      if (headers.authorization !== undefined) return [400, { error: "the store is given the token" }];
      stored.set(large, body);
      return [200, {}];
    }
    if (headers.authorization !== `Bearer ${TOKEN}`) return [401, { error: "Invalid credentials" }];
    const json = url.includes("/commit/") ? {} : (JSON.parse(body.toString()) as Record<string, unknown>);
    if (url === "/api/repos/create") return create(json as { name: string; visibility?: string });
    if (url === "/api/models/me/encoder/preupload/main") {
      const files = json["files"] as { path: string; size: number }[];
      const uploadMode = (size: number) => (size < LARGE ? "regular" : "lfs");
      return [200, { files: files.map(({ path, size }) => ({ path, uploadMode: uploadMode(size) })) }];
    }
    if (url === "/me/encoder.git/info/lfs/objects/batch") {
      const objects = json["objects"] as { oid: string; size: number }[];
      const upload = (oid: string) => ({ actions: { upload: { href: `${address}/store/${oid}` } } });
      return [200, { transfer: "basic", objects: objects.map((each) => ({ ...each, ...upload(each.oid) })) }];
    }
    if (url === "/api/models/me/encoder/commit/main") return commit(body);
    return [404, { error: `nothing at ${url}` }];
  }

  function create({ name, visibility }: { name: string; visibility?: string }): [number, object] {
    if (hub.repositories.has(`me/${name}`)) return [409, { error: "You already created this model repo" }];
    hub.repositories.set(`me/${name}`, visibility === "private");
    return [200, { url: `${address}/me/${name}`, id: `me/${name}` }];
  }

  function commit(body: Buffer): [number, object] {
    if (hub.refuse !== undefined) return [hub.refuse.status, { error: hub.refuse.error }];
    const lines = body.toString().trim().split("\n");
    const parts = lines.map((line) => JSON.parse(line) as { key: string; value: Record<string, string> });
    const files = parts.flatMap(({ key, value }) => {
      if (key === "file") return [[value["path"]!, Buffer.from(value["content"]!, "base64")] as const];
      return key === "lfsFile" ? [[value["path"]!, stored.get(value["oid"]!)!] as const] : [];
    });
    hub.commits.push({ title: parts[0]!.value["summary"]!, files: Object.fromEntries(files) });
    const oid = "4f1a";
    return [
      200,
      { success: true, commitOid: oid, commitUrl: `${address}/me/encoder/commit/${oid}`, hookOutput: "" },
    ];
  }
  return hub;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

let folder: string;
let hub: Hub;
const weights = Buffer.alloc(3 * LARGE, "weights");
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-push-"));
  mkdirSync(path.join(folder, "tfjs"));
  writeFileSync(path.join(folder, "README.md"), "the card");
  writeFileSync(path.join(folder, "tfjs/model.json"), "{}");
  writeFileSync(path.join(folder, "model.safetensors"), weights);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => (hub = await openHub()));
afterEach(() => hub.close());

const push = (more: object = {}) =>
  pushFolder(folder, { repository: "me/encoder", token: TOKEN, hub: hub.address, title: "first", ...more });

describe("a folder that is uploaded", () => {
  it("makes the repository, and is there in one commit, large files through their store", async () => {
    expect(await push({ isPrivate: true })).toBe(`${hub.address}/me/encoder/commit/4f1a`);
    expect([...hub.repositories]).toEqual([["me/encoder", true]]);
    const files = {
      "README.md": Buffer.from("the card"),
      "model.safetensors": weights,
      "tfjs/model.json": Buffer.from("{}"),
    };
    expect(hub.commits).toEqual([{ title: "first", files }]);
    const digest = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
    expect(digest(hub.commits[0]!.files["model.safetensors"]!)).toBe(digest(weights));
  });

  it("goes into a repository that is there, which stays as public as it is", async () => {
    await push();
    await push({ title: "second", isPrivate: true });
    expect(hub.commits.map(({ title }) => title)).toEqual(["first", "second"]);
    expect([...hub.repositories]).toEqual([["me/encoder", false]]);
  });
});

describe("a folder that cannot be uploaded", () => {
  const told = (reason: string) => ({
    code: "PUSH",
    message:
      `${folder} is written, and was not uploaded to me/encoder: ${reason}. The repository has none of its ` +
      `files. Upload it later with: hf upload me/encoder ${folder}`,
  });

  it("is said to be there, with the hub's reason and without the token", async () => {
    await expect(push({ token: "hf_other" })).rejects.toMatchObject(
      told("the hub does not know the token in HF_TOKEN"),
    );
    hub.refuse = { status: 403, error: "You need write access." };
    await expect(push()).rejects.toMatchObject(
      told("the token in HF_TOKEN may not write there (You need write access)"),
    );
    hub.refuse = { status: 500, error: "Internal error" };
    await expect(push()).rejects.toMatchObject(told("the hub answered with status 500 (Internal error)"));
    await expect(push({ token: "secret" })).rejects.toMatchObject(
      told("Your access token must start with 'hf_'"),
    );
    expect(hub.commits).toEqual([]);
  });

  it("is said to be there where the hub repeats the token, and at length", async () => {
    hub.refuse = { status: 400, error: `I know ${TOKEN}. ${"no ".repeat(1000)}` };
    const { message } = (await push().catch((error: unknown) => error as Error)) as Error;
    expect(message).toContain("the hub answered with status 400 (I know <token>. no no ");
    expect(message).not.toContain(TOKEN);
    expect(message.length).toBeLessThan(700);
  });

  it.each([
    ["in drops", (send: (text: string) => void) => setInterval(() => send(" "), 20)],
    ["at full speed", (send: (text: string) => void) => setInterval(() => send(" ".repeat(50_000)), 1)],
  ])("is said to be there where the hub answers without an end, %s", async (_how, begin) => {
    const endless = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const timer = begin((text) => void response.write(text));
      response.on("close", () => clearInterval(timer));
    });
    await new Promise<void>((resolve) => endless.listen(0, "127.0.0.1", resolve));
    const address = `http://127.0.0.1:${(endless.address() as AddressInfo).port}`;
    const limits = { bytes: 200_000, time: 500 };
    await expect(push({ hub: address, limits })).rejects.toMatchObject(told("the hub's answer does not end"));
    endless.closeAllConnections();
    endless.close();
  });

  it("is said to be there where the hub cannot be reached", async () => {
    hub.close();
    await expect(push()).rejects.toMatchObject(told(`${hub.address} cannot be reached (ECONNREFUSED)`));
  });
});
