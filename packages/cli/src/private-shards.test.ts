import { execFile } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { type RangeServer, serveFolder } from "@tssl/augment-zoo/testing";
import { cacheFolder } from "@tssl/engine";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { stringify } from "yaml";

import { MAIN, type Ended, tsslIn } from "./built-program.test.data.ts";
import { smallRun } from "./compositions.test.data.ts";
import { copyTrainAndTest } from "./few-images.test.data.ts";

const SECRET = "s3cret-of-this-test";

let folder: string;
let server: RangeServer;
const inFolder = (...parts: string[]) => path.join(folder, ...parts);

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-private-"));
  await copyTrainAndTest(folder);
  mkdirSync(inFolder("cache"));
  symlinkSync(path.join(cacheFolder(), "engine"), inFolder("cache/engine"));
  for (const images of ["train", "test"]) {
    expect(tsslIn(folder, ["pack", images, "--out", "shards", "--per-shard", "30"]).code).toBe(0);
  }
  server = await serveFolder(inFolder("shards"));
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  server.wanted = {};
  server.authorizations.length = 0;
});

/** Runs the program while this process serves. */
const tssl = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  new Promise((ended) => {
    const options = { cwd: folder, env: { ...process.env, TSSL_CACHE: inFolder("cache"), ...env } };
    execFile(process.execPath, [MAIN, ...args], options, (error, out, err) => {
      ended({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });

/** Files under a folder that hold the secret. */
const holders = (of: string): readonly string[] =>
  readdirSync(of, { recursive: true })
    .map((name) => path.join(of, String(name)))
    .filter((file) => !file.includes("engine") && statSync(file).isFile())
    .filter((file) => readFileSync(file).includes(SECRET));

const data = () => ({
  train: `${server.address}/train-{000..001}.tar`,
  test: `${server.address}/test-000.tar`,
});
const small = () => ({
  ...smallRun(data(), { use: "resnet20", widths: [4, 4, 8] }),
  epochs: 1,
  plugins: [{ use: "moco", queueSize: 32, dim: 8 }],
  optimizer: { use: "sgd", lr: 0.01 },
});

it(
  "trains with a query on each address, keeps it nowhere, and goes on with the address given again",
  { tags: "long", timeout: 300_000 },
  async () => {
    const query = `?token=${SECRET}`;
    server.wanted = { query: query.slice(1) };
    writeFileSync(inFolder("config.yaml"), stringify(small()));
    const places = Object.entries(data()).flatMap(([name, address]) => [
      "--set",
      `data.${name}=${address}${query}`,
    ]);
    const first = await tssl(["train", "config.yaml", "--out", "run", ...places]);
    expect([first.code, first.err]).toEqual([0, expect.not.stringContaining("Error")]);
    expect(readFileSync(inFolder("run/config.yaml"), "utf8")).toContain(`train-{000..001}.tar?token=…`);
    expect(readFileSync(inFolder("run/run.json"), "utf8")).toContain("test-000.tar?token=…");

    const alone = await tssl(["train", "--resume", "run", "--set", "epochs=2"]);
    expect(alone.err).toContain("is an address whose secrets were not kept");
    const again = await tssl(["train", "--resume", "run", "--set", "epochs=2", ...places]);
    expect([again.code, again.err]).toEqual([0, expect.not.stringContaining("Error")]);
    const explained = await tssl(["config", "explain", "config.yaml", ...places]);
    expect(explained.out).toContain("token=…");
    const packed = await tssl(["pack", `${data().train}${query}`, "--out", "again"]);
    expect(packed.out).toBe("48 images of 4 classes in 1 shard: again/train-000.tar\n");
    server.wanted = { query: "token=another" };
    const refused = await tssl(["train", "config.yaml", "--out", "refused", ...places]);
    expect(refused.err).toContain("the server answered 401");

    for (const { out, err } of [first, alone, again, explained, packed, refused]) {
      expect(`${out}${err}`).not.toContain(SECRET);
    }
    expect(holders(folder)).toEqual([]);
  },
);

it("trains with headers of the environment, and refuses a password in an address at once", async () => {
  server.wanted = { authorization: `Bearer ${SECRET}` };
  writeFileSync(inFolder("config.yaml"), stringify(small()));
  const without = await tssl(["train", "config.yaml", "--out", "without"]);
  expect(without.err).toContain(
    "the server answered 401: it wants a token or a password, see TSSL_HTTP_HEADERS",
  );
  const environment = { TSSL_HTTP_HEADERS: `127.0.0.1 Authorization: Bearer ${SECRET}` };
  const trained = await tssl(["train", "config.yaml", "--out", "with-header"], environment);
  expect([trained.code, trained.err]).toEqual([0, expect.not.stringContaining("Error")]);
  expect(`${trained.out}${trained.err}`).not.toContain(SECRET);

  const asked = server.asked.length;
  const address = `${server.address.replace("//", `//user:${SECRET}@`)}/train-000.tar`;
  const password = await tssl(["train", "config.yaml", "--out", "refused", "--set", `data.train=${address}`]);
  expect(password.err).toContain("holds a password");
  expect(`${password.out}${password.err}`).not.toContain(SECRET);
  expect([password.code, server.asked.length - asked]).toEqual([1, 0]);
  expect(holders(folder)).toEqual([]);
}, 300_000);
