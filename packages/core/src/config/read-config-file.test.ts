import { readdir } from "node:fs/promises";
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
    ["config.toml", /^the name must end in \.yaml, \.yml, \.json, \.ts, \.mts, \.js or \.mjs$/],
  ])("refuses %s", async (name, reason) => {
    await expect(readConfigFile(file(name))).rejects.toMatchObject({
      code: "INVALID_CONFIG",
      data: { file: file(name), reason: expect.stringMatching(reason) as string },
    });
  });

  it("refuses a missing file with its name and the reason", async () => {
    expect(await refusal(() => readConfigFile("nowhere.yaml"))).toBe(
      "INVALID_CONFIG: nowhere.yaml cannot be read as a config: there is no such file.",
    );
  });
});
