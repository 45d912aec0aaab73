import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { cacheFolder } from "@tssl/engine";
import { serveRun } from "@tssl/report";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { runCommand } from "./command-in-process.test.data.ts";
import { copyTrainAndTest } from "./few-images.test.data.ts";

let folder: string;
const within = (name: string) => path.join(folder, name);

/** A plugin without a term that notes where it runs. */
const module = (name: string) => `(globalThis.ranInTest ??= []).push(${JSON.stringify(name)});
export default {
  name: "noted", contract: 2, version: 1,
  options: { type: "object", additionalProperties: false, required: [], properties: {} },
  setup: () => ({ step: () => ({ terms: {} }) }),
};
`;
/** The modules that ran since it was asked last. */
const ran = (): readonly string[] => {
  const noted = (globalThis as { ranInTest?: string[] }).ranInTest ?? [];
  return noted.splice(0);
};

const inOwnCache = () => vi.stubEnv("TSSL_CACHE", within("cache"));
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-trust-"));
  mkdirSync(within("cache"));
  symlinkSync(path.join(cacheFolder(), "engine"), within("cache/engine"));
  await copyTrainAndTest(folder);
  writeFileSync(within("mine.ts"), module("mine"));
  writeFileSync(
    within("config.yaml"),
    `data: { train: ./train, test: ./test, workers: 1 }
imageSize: 32
epochs: 1
batchSize: 24
encoder: { use: resnet20, widths: [4, 4, 8] }
plugins: [{ use: moco, queueSize: 48, dim: 8 }, { use: ./mine.ts }]
optimizer: { use: sgd, lr: 0.06 }
evaluation: { k: 5 }
engine: { mode: eager }
`,
  );
  inOwnCache();
  const { code, err } = await runCommand("train", within("config.yaml"), "--out", within("run"));
  expect([code, err]).toEqual([0, expect.stringContaining("moco + noted")]);
  expect(ran()).toEqual(["mine"]);
}, 120_000);
beforeEach(() => void inOwnCache());
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A run folder from elsewhere: a copy of the run with these files in it. */
function foreignRun(name: string, files: Readonly<Record<string, string>>): string {
  const run = within(name);
  cpSync(within("run"), run, { recursive: true });
  rmSync(path.join(run, "report.html"));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(run, file)), { recursive: true });
    writeFileSync(path.join(run, file), text);
  }
  return run;
}

const configWith = (use: string) =>
  readFileSync(within("run/config.yaml"), "utf8").replace("./code/noted.mjs", use);

/** Ways in which a run folder names code that is not the user's. */
const HOSTILE: readonly [what: string, name: string, files: () => Readonly<Record<string, string>>][] = [
  ["another text in place of the kept copy", "kept", () => ({ "code/noted.mjs": module("kept") })],
  [
    "a file of the run folder",
    "plain",
    () => ({ "config.yaml": configWith("./x.ts"), "x.ts": module("plain") }),
  ],
  ["a file beside the run folder", "beside", () => ({ "config.yaml": configWith("../beside.ts") })],
  [
    "a package in the run folder",
    "package",
    () => ({
      "config.yaml": configWith("tssl-package"),
      "node_modules/tssl-package/package.json": '{ "type": "module", "exports": "./index.js" }',
      "node_modules/tssl-package/index.js": module("package"),
    }),
  ],
  [
    "an original that lies on this machine",
    "original",
    () => ({
      "code/noted.mjs": module("original"),
      "code/code.json": readFileSync(within("run/code/code.json"), "utf8").replace(
        within("mine.ts"),
        within("sibling.ts"),
      ),
    }),
  ],
];

describe("the code of a run that was trained here", () => {
  it("runs again without a word, wherever its folder is moved", async () => {
    cpSync(within("run"), within("moved"), { recursive: true });
    expect(await runCommand("report", within("moved"))).toMatchObject({ code: 0, err: "" });
    expect(readFileSync(within("moved/report.html"), "utf8")).toContain('<section id="views">');
    expect(await runCommand("replay", within("moved"), "--step", "1")).toMatchObject({ code: 0, err: "" });
    expect(ran()).toEqual(["mine"]); // the copy, once a process
    const resumed = await runCommand("train", "--resume", within("moved"), "--set", "epochs=2");
    expect([resumed.code, resumed.err]).toEqual([0, expect.stringContaining("continuing after step 2 of 4")]);
    expect(ran()).toEqual([]); // the user's own file, which this process has loaded
  }, 60_000);
});

describe.each(HOSTILE)("a run folder from elsewhere, with %s", (_what, name, files) => {
  let run: string;
  beforeAll(() => {
    for (const other of ["beside", "sibling"]) writeFileSync(within(`${other}.ts`), module(other));
    run = foreignRun(name, files());
  });
  const refused = (file: RegExp) => ({
    code: 2,
    err: expect.stringMatching(
      new RegExp(
        `^Error: This would run code that you have not run on this machine before:\n {2}- ${file.source}\n` +
          "Read it, and add --trust if you trust who wrote it\\.\n\\(UNTRUSTED, see tssl explain " +
          "UNTRUSTED\\)\n$",
      ),
    ) as string,
  });

  it("is looked at without running it", async () => {
    const inspected = await runCommand("inspect", run);
    expect([inspected.code, inspected.err]).toEqual([0, ""]);
    expect(inspected.out).toContain("run: moco + noted");
    const overlay = await runCommand("report", run, within("run"), "--out", within("overlay.html"));
    expect(overlay).toMatchObject({ code: 0, err: "" });
    const server = await serveRun(run, { port: 0 });
    expect(await (await fetch(server.url)).text()).toContain("moco");
    await server.close();
    const own = await runCommand("report", run);
    expect([own.code, own.err]).toEqual([
      0,
      expect.stringMatching(/^The page has no pictures of views\. This would run code .*add --trust/s),
    ]);
    const page = readFileSync(path.join(run, "report.html"), "utf8");
    expect(page).not.toContain('<section id="views">');
    expect(page).toContain('<section id="neighbours">');
    expect(ran()).toEqual([]);
  });

  it("is asked for before a command runs it", async () => {
    const config = path.join(run, "config.yaml");
    const file = name === "beside" ? /\S+beside\.ts/ : /\S+\.(?:mjs(?:, made from \S+)?|ts|js)/;
    for (const args of [
      ["replay", run, "--step", "1"],
      // Where the user's own file is still there, a run goes on with that.
      ...(name === "kept" ? [] : [["train", "--resume", run, "--set", "epochs=2"]]),
      ["preview", config, "--out", within("preview.html")],
      ["config", "explain", config],
      ["inspect", "graph", config],
      ["train", config, "--out", within("never")],
    ]) {
      expect(await runCommand(...args)).toMatchObject(refused(file));
    }
    expect(existsSync(within("never"))).toBe(false);
    expect(ran()).toEqual([]);
  });

  it("runs by the user's word, from then on where it is a copy, whose text tells what it is", async () => {
    expect((await runCommand("report", run, "--trust")).err).toBe("");
    expect(readFileSync(path.join(run, "report.html"), "utf8")).toContain('<section id="views">');
    expect(ran()).toEqual([name]);
    const isCopy = ["kept", "original"].includes(name);
    expect((await runCommand("report", run)).err).toMatch(isCopy ? /^$/ : /add --trust/);
    if (!isCopy) return;
    writeFileSync(path.join(run, "code/noted.mjs"), module("changed"));
    expect((await runCommand("report", run)).err).toContain("add --trust");
    expect(ran()).toEqual([]);
  });
});

it("a copy that cannot be read is not run, and not waited for", async () => {
  const run = foreignRun("unreadable", {});
  const copy = path.join(run, "code/noted.mjs");
  const told = (reason: string) =>
    expect.stringContaining(`${path.resolve(copy)} cannot be read: ${reason}.`) as string;
  writeFileSync(copy, `/* \0 */ ${module("unreadable")}`);
  expect(await runCommand("replay", run, "--step", "1")).toMatchObject({
    code: 1,
    err: told("it is not text: byte 3 is 0"),
  });
  rmSync(copy);
  execFileSync("mkfifo", [copy]);
  for (const args of [
    ["replay", run, "--step", "1"],
    ["report", run, "--trust"],
  ]) {
    const { err } = await runCommand(...args);
    expect(err).toEqual(expect.stringContaining("it is a pipe or a device, not a file"));
  }
  expect(ran()).toEqual([]);
});

describe("an encoder of a run from elsewhere", () => {
  it("is asked for before an evaluation runs it, and plugins that it does not need are not loaded", async () => {
    const encoder = `encoder: { use: ./encoder.ts }\n`;
    const run = foreignRun("encoder", {
      "encoder.ts": module("encoder"),
      "code/noted.mjs": module("not needed"),
    });
    const plain = await runCommand("evaluate", "knn", run, "--no-baseline", "--json");
    expect([plain.code, plain.err]).toEqual([0, ""]);
    const config = readFileSync(path.join(run, "config.yaml"), "utf8");
    writeFileSync(path.join(run, "config.yaml"), config.replace(/^encoder:\n(?: .*\n)+/m, encoder));
    for (const kind of ["knn", "linear"]) {
      const { code, err } = await runCommand("evaluate", kind, run);
      expect([code, err]).toEqual([2, expect.stringContaining(path.join(run, "encoder.ts"))]);
    }
    expect(ran()).toEqual([]);
  });
});

describe("a server of a run from elsewhere", () => {
  it(
    "is asked for images only once a config of the user's has named it",
    { tags: "long", timeout: 60_000 },
    async () => {
      const asked = vi.fn(() => Promise.reject(new Error("asked")));
      vi.stubGlobal("fetch", asked);
      const shards = "https://elsewhere.example/a.tar";
      const config = readFileSync(within("run/config.yaml"), "utf8").replace(/train: .*/, `train: ${shards}`);
      const run = foreignRun("server", { "config.yaml": config });
      const told =
        "This run's images would be fetched from https://elsewhere.example, which no config of yours has " +
        "named on this machine. Add --trust if you trust who made the run.\n";
      for (const args of [
        ["replay", run, "--step", "1"],
        ["evaluate", "knn", run],
        ["train", "--resume", run],
      ]) {
        expect(await runCommand(...args)).toMatchObject({
          code: 2,
          err: `Error: ${told}(UNTRUSTED, see tssl explain UNTRUSTED)\n`,
        });
      }
      const report = await runCommand("report", run);
      expect(report).toMatchObject({ code: 0, err: `The page has no pictures: ${told}` });
      expect(asked).not.toHaveBeenCalled();
      const own = readFileSync(within("config.yaml"), "utf8").replace("./train", shards);
      writeFileSync(within("own.yaml"), own);
      expect((await runCommand("config", "explain", within("own.yaml"))).code).toBe(0);
      expect((await runCommand("report", run)).err).not.toContain("--trust");
      vi.unstubAllGlobals();
      ran();
    },
  );
});

it("a module that the user sets in a run's config is the user's word", async () => {
  const run = foreignRun("set", { "code/noted.mjs": module("kept text") });
  writeFileSync(within("set.ts"), module("set"));
  const use = `plugins.1.use=${within("set.ts")}`;
  const { code, err } = await runCommand("config", "explain", path.join(run, "config.yaml"), "--set", use);
  expect([code, err, ran()]).toEqual([0, "", ["set"]]);
});
