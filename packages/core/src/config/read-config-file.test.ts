import { execFileSync } from "node:child_process";
import { readdir, symlink } from "node:fs/promises";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { refusal } from "../testing/refusal.ts";
import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import { readConfigFile } from "./read-config-file.ts";

const files = {
  "config.yaml": "epochs: 3\nplugins:\n  - { use: moco }\n",
  "config.yml": "epochs: 3\nplugins: [{ use: moco }]\n",
  "config.json": '{ "epochs": 3, "plugins": [{ "use": "moco" }] }',
  "config.ts": `import { epochs } from "./lib/epochs.ts";
    interface Config { epochs: number; plugins: { use: string }[] }
    export default { epochs, plugins: [{ use: "moco" }] } satisfies Config;`,
  "config.mjs": `import { basename } from "node:path";
    export default { epochs: 3, plugins: [{ use: basename("/x/moco") }] };`,
  "lib/epochs.ts": "export const epochs: number = 3;",
  "broken.yaml": "epochs: 3\nplugins: [\n  use: moco\n",
  "tabs.yaml": "data:\n\ttrain: x\n",
  "twice.yaml": "epochs: 3\ndata: { train: x, train: y }\n",
  "twice.json": '{ "epochs": 3,\n  "epochs": 4 }',
  "broken.json": "{",
  "broken.ts": "export default {",
  "failing.ts": 'throw new Error("no luck");',
  "nothing.ts": "export const epochs = 3;",
  "config.toml": "epochs = 3",
  "binary.yaml": "epochs: 3\0\u0001",
  "latin.yaml": Buffer.from("name: caf\u00e9", "latin1"),
  "long.yaml": `# ${"x".repeat(2 ** 20)}\nepochs: 3\n`,
  "nested.json": `${"[".repeat(20_000)}${"]".repeat(20_000)}`,
  "nested.yaml": `a: ${"[".repeat(20_000)}${"]".repeat(20_000)}`,
  "signs.yaml": `a:\n  ${"- ".repeat(40_000)}x`,
  "indents.yaml": Array.from({ length: 1400 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"),
  "nested-a-little.json": `{ "a": ${"[".repeat(101)}${"]".repeat(101)} }`,
  "nested.ts": "let x = {}; for (let i = 0; i < 20000; i++) x = { x }; export default x;",
  "integer.yaml": "seed: 9007199254740993\n",
  "integer.json": '{ "seed": -9007199254740993 }',
  "bomb.yaml": "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "b c d e f g h i j".split(" ").map((name, i) => `${name}: &${name} [${`*${"abcdefghij"[i]!},`.repeat(10)}]\n`).join(""), // prettier-ignore
  "folder.yaml/inner": "",
};
let folder: TemporaryFolder;
const file = (name: string) => path.join(folder.path, name);
beforeEach(async () => (folder = await temporaryFolder(files)));
afterEach(() => folder.remove());

describe("readConfigFile", () => {
  it.each(["config.yaml", "config.yml", "config.json", "config.ts", "config.mjs"] as const)(
    "reads %s",
    async (name) => {
      const { content, text } = await readConfigFile(file(name));
      expect(content).toEqual({ epochs: 3, plugins: [{ use: "moco" }] });
      expect(text).toBe(/\.(ts|mjs)$/.test(name) ? undefined : files[name]);
    },
  );

  it("leaves nothing beside a TypeScript config, also when that fails", async () => {
    const before = await readdir(folder.path);
    await readConfigFile(file("config.ts"));
    await refusal(() => readConfigFile(file("failing.ts")));
    expect(await readdir(folder.path)).toEqual(before);
  });

  it.each([
    ["missing.yaml", /^there is no such file$/],
    ["missing.ts", /^there is no such file$/],
    ["broken.yaml", /^Flow sequence .* at line \d+, column \d+$/],
    ["tabs.yaml", /^Tabs are not allowed as indentation at line 2, column 1$/],
    ["twice.yaml", /^train is set a second time at line 2, column 19$/],
    ["twice.json", /^"epochs" is set a second time at line 2, column 3$/],
    ["broken.json", /^.*JSON.*$/],
    ["broken.ts", /^broken\.ts:1:16: .+$/],
    ["failing.ts", /^no luck$/],
    ["nothing.ts", /^it has no default export$/],
    ["binary.yaml", /^it is not text: byte 9 is 0$/],
    ["latin.yaml", /^it is not UTF-8 text$/],
    ["long.yaml", /^it has 1\.00 MiB, and at most 1\.00 MiB are read$/],
    ["nested.json", /^lists and sections lie in each other at more than 100 levels$/],
    ["nested.yaml", /^lists and sections lie in each other at more than 100 levels$/],
    ["signs.yaml", /^lists and sections lie in each other at more than 100 levels$/],
    ["indents.yaml", /^lists and sections lie in each other at more than 100 levels$/],
    ["nested-a-little.json", /^lists and sections lie in each other at more than 100 levels$/],
    ["nested.ts", /^lists and sections lie in each other at more than 100 levels$/],
    [
      "integer.yaml",
      /^9007199254740993 is beyond 9,007,199,254,740,991, up to which whole numbers are exact$/,
    ],
    [
      "integer.json",
      /^-9007199254740993 is beyond 9,007,199,254,740,991, up to which whole numbers are exact$/,
    ],
    ["bomb.yaml", /^Excessive alias count indicates a resource exhaustion attack$/],
    ["folder.yaml", /^it is a folder$/],
    ["config.toml", /^the name must end in \.yaml, \.yml, \.json, \.ts, \.mts, \.js or \.mjs$/],
  ])("refuses %s", async (name, reason) => {
    await expect(readConfigFile(file(name))).rejects.toMatchObject({
      code: "INVALID_CONFIG",
      data: { file: file(name), reason: expect.stringMatching(reason) as string },
    });
  });

  it.runIf(process.platform !== "win32")("waits for no pipe, and reads no device", async () => {
    execFileSync("mkfifo", [file("pipe.yaml"), file("pipe.ts")]);
    await symlink("/dev/zero", file("zero.yaml"));
    for (const name of ["pipe.yaml", "pipe.ts", "zero.yaml"]) {
      await expect(readConfigFile(file(name))).rejects.toMatchObject({
        data: { reason: "it is a pipe or a device, not a file" },
      });
    }
  });

  it("refuses a missing file with its name and the reason", async () => {
    expect(await refusal(() => readConfigFile("nowhere.yaml"))).toBe(
      "INVALID_CONFIG: nowhere.yaml cannot be read as a config: there is no such file.",
    );
  });
});
