import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { authorsPlace } from "../files/author-files.ts";
import { refusal } from "../testing/refusal.ts";
import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import { isKnown, rememberKnown } from "./known-to-user.ts";
import {
  keepCode,
  keptUse,
  loadUserModule,
  originalOf,
  readKeptMarks,
  readKeptText,
  withKeptCode,
} from "./kept-code.ts";

const TERM = `// A term.
import { factor } from "../shared/factor.ts";
import tf from "@tensorflow/tfjs";

export default {
  tf: typeof tf,
  value: (x: number): number => factor * x,
  fail: (): never => {
    throw new Error("no luck");
  },
};
`;

interface Term {
  readonly tf: string;
  readonly value: (x: number) => number;
  readonly fail: () => never;
}

let folder: TemporaryFolder;
let cache: TemporaryFolder;
const within = (name: string) => path.join(folder.path, name);
const load = async (file: string) => {
  const { exported, code } = await loadUserModule(within(file));
  return { term: exported as Term, code };
};
const placeOf = (fail: () => never): string | undefined => {
  try {
    return fail();
  } catch (error) {
    return authorsPlace(error);
  }
};

beforeEach(async () => {
  cache = await temporaryFolder();
  vi.stubEnv("TSSL_CACHE", cache.path);
  folder = await temporaryFolder({
    "plugins/term.ts": TERM,
    "shared/factor.ts": "export const factor = 2;\n",
  });
  const { code } = await load("plugins/term.ts");
  await keepCode(within("run"), [{ use: within("plugins/term.ts"), name: "term", code }]);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await folder.remove();
  await cache.remove();
});

it("keeps a module with the sources that it imports, and nothing beside the user's file", async () => {
  expect((await readdir(within("run/code"), { recursive: true })).sort()).toEqual(
    ["code.json", "term", "term.mjs", "term/plugins", "term/plugins/term.ts", "term/shared", "term/shared/factor.ts"], // prettier-ignore
  );
  expect(await readFile(within("run/code/term/plugins/term.ts"), "utf8")).toBe(TERM);
  expect(await readdir(within("plugins"))).toEqual(["term.ts"]);
});

it("loads it again where the user's files and packages are gone, with places in the sources that it keeps", async () => {
  expect(placeOf((await load("plugins/term.ts")).term.fail)).toBe(within("plugins/term.ts:9:11"));
  await rm(within("plugins"), { recursive: true });
  await rm(within("shared"), { recursive: true });
  const { term, code } = await load("run/code/term.mjs");
  expect([term.value(3), term.tf, code.from]).toEqual([6, "object", within("plugins/term.ts")]);
  expect(placeOf(term.fail)).toBe(within("run/code/term/plugins/term.ts:9:11"));
  expect(await originalOf(within("run/code/term.mjs"))).toBeUndefined();
});

it("is known once the run keeps it, and nothing else that lies in its place", async () => {
  const kept = await readFile(within("run/code/term.mjs"), "utf8");
  expect(await isKnown({ text: kept })).toBe(true);
  expect(await isKnown({ text: `${kept}\n` })).toBe(false);
  expect(await isKnown({ file: within("plugins/term.ts") })).toBe(false);
  await rememberKnown({ file: within("plugins/term.ts") });
  expect(await isKnown({ file: within("plugins/../plugins/term.ts") })).toBe(true);
  // A run from elsewhere says that it keeps the user's sources, and keeps something else.
  await writeFile(within("run/code/term.mjs"), "export default 1;\n");
  const { code } = await load("plugins/term.ts");
  await keepCode(within("run"), [{ use: within("plugins/term.ts"), name: "term", code }]);
  expect(await isKnown({ text: "export default 1;\n" })).toBe(false);
  vi.stubEnv("TSSL_CACHE", within("other-cache"));
  expect(await isKnown({ text: kept })).toBe(false);
});

it("takes no package and no tsconfig.json that lie in the run folder", async () => {
  const hostile = "export default 0; globalThis.hostile = true;\n";
  for (const where of ["run/code", "run"]) {
    const installed = within(`${where}/node_modules/@tensorflow/tfjs`);
    await mkdir(installed, { recursive: true });
    await writeFile(path.join(installed, "package.json"), '{ "type": "module", "exports": "./index.js" }');
    await writeFile(path.join(installed, "index.js"), hostile);
    const paths = { "@tensorflow/tfjs": [path.join(installed, "index.js")] };
    await writeFile(within(`${where}/tsconfig.json`), JSON.stringify({ compilerOptions: { paths } }));
  }
  expect((await load("run/code/term.mjs")).term.tf).toBe("object");
  expect(globalThis).not.toHaveProperty("hostile");
});

it.each([
  ["a path as a name", { "../term": { from: "/a.ts", sources: {} } }],
  ["a source outside", { term: { from: "/a.ts", sources: { "../../secret": "0123456789abcdef" } } }],
  [
    "a source within, by a way outside",
    { term: { from: "/a.ts", sources: { "a/../../b": "0123456789abcdef" } } },
  ],
  ["an absolute source", { term: { from: "/a.ts", sources: { "/etc/passwd": "0123456789abcdef" } } }],
  ["no sources", { term: { from: "/a.ts" } }],
  ["a list", []],
  ["null", null],
])("refuses a code.json with %s", async (_what, index) => {
  const file = within("run/code/code.json");
  await writeFile(file, JSON.stringify(index));
  const refusal = { code: "FILE_DAMAGED", data: { file } };
  await expect(load("run/code/term.mjs")).rejects.toMatchObject(refusal);
  await expect(readKeptMarks(within("run"))).rejects.toMatchObject(refusal);
});

it("has the same marks for a copy, and others where a source is changed", async () => {
  const { term } = await readKeptMarks(within("run"));
  const { code } = await load("run/code/term.mjs");
  await keepCode(within("other"), [{ use: "x", name: "term", code }]);
  expect((await readKeptMarks(within("other")))["term"]).toEqual(term);
  await writeFile(within("shared/factor.ts"), "export const factor = 3;\n");
  const changed = await load("plugins/term.ts");
  expect(changed.term.value(3)).toBe(9);
  await keepCode(within("run"), [{ use: "x", name: "term", code: changed.code }]);
  const now = (await readKeptMarks(within("run")))["term"]!;
  expect(now["plugins/term.ts"]).toBe(term!["plugins/term.ts"]);
  expect(now["shared/factor.ts"]).not.toBe(term!["shared/factor.ts"]);
  expect(await readFile(within("run/code/term/shared/factor.ts"), "utf8")).toBe("export const factor = 3;\n");
  expect((await load("run/code/term.mjs")).term.value(3)).toBe(9);
});

it("is what a run's own config names, whatever the path of the user's file", () => {
  const use = "/home/ada/term.ts";
  const config = { epochs: 1, encoder: { use: "vit" }, plugins: [{ use: "moco" }, { use, weight: 2 }] };
  const code = { from: use, bundle: "", sources: {} };
  expect(withKeptCode({ ...config, optimizer: { use: "sgd" } }, [{ use, name: "term", code }])).toEqual({
    ...config,
    plugins: [{ use: "moco" }, { use: keptUse("term"), weight: 2 }],
    optimizer: { use: "sgd" },
  });
  expect(keptUse("term")).toBe("./code/term.mjs");
});

it("reads no source that lies elsewhere, and takes an index that is damaged for no empty one", async () => {
  const index = within("run/code/code.json");
  for (const [content, reason] of [
    [
      { term: { from: "/a", sources: { "../../../secret": "1" } } },
      '"../../../secret" must lie in the folder',
    ],
    [{ term: { from: "/a", sources: { "/etc/passwd": "1" } } }, '"/etc/passwd" must lie in the folder'],
    [{ "../x": { from: "/a", sources: {} } }, '"../x" must lie in the folder'],
    [{ term: null }, "term must be object, got null"],
  ] as const) {
    await writeFile(index, JSON.stringify(content));
    const refused = `FILE_DAMAGED: ${index} is damaged: ${reason}`;
    expect(await refusal(() => readKeptMarks(within("run")))).toContain(refused);
    expect(await refusal(() => loadUserModule(within("run/code/term.mjs")))).toContain(refused);
  }
});

it("waits for no pipe in the place of a module or a source, and says which source is gone", async () => {
  const [module, source] = [within("run/code/term.mjs"), within("run/code/term/shared/factor.ts")];
  const load = () => refusal(() => loadUserModule(module));
  await rm(source);
  expect(await load()).toContain(`RUN_FOLDER: ${source} cannot be read: ENOENT`);
  execFileSync("mkfifo", [source]);
  expect(await load()).toBe(`RUN_FOLDER: ${source} cannot be read: it is a pipe or a device, not a file.`);
  await rm(module);
  expect(await readKeptText(module)).toBeUndefined();
  execFileSync("mkfifo", [module]);
  expect(await refusal(() => readKeptText(module))).toContain(
    `RUN_FOLDER: ${module} cannot be read: it is a pipe`,
  );
});
