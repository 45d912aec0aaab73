import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { cifar10Subset } from "@tssl/demo-data";
import { describe, expect, it } from "vitest";

import { warmTsslIn } from "../built-program.test.data.ts";
import { runCommand } from "../command-in-process.test.data.ts";
import { copyImages } from "../few-images.test.data.ts";
import { folderOf } from "../folder-of.test.data.ts";
import { noPluginName, pluginNameTaken } from "../messages/plugin-names.ts";
import { pluginFiles, type PluginKind, pluginNameOf, VERSIONS } from "../plugin-package.ts";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const MODULES = path.join(ROOT, "node_modules");

const readJson = (file: string) =>
  JSON.parse(readFileSync(file, "utf8")) as {
    readonly name: string;
    readonly scripts: Readonly<Record<string, string>>;
    readonly dependencies: Readonly<Record<string, string>>;
    readonly devDependencies: Readonly<Record<string, string>>;
    readonly engines: Readonly<Record<string, string>>;
  };

/** A new package in a folder of its own, with the packages of this repository. */
async function newPackage(kind: PluginKind, folder = path.join(folderOf({}), `tssl-own-${kind}`)) {
  const { code, out, err } = await runCommand(
    "new",
    "plugin",
    folder,
    ...(kind === "term" ? ["--term"] : []),
  );
  expect({ code, err }).toEqual({ code: 0, err: "" });
  symlinkSync(MODULES, path.join(folder, "node_modules"));
  return { folder, out };
}

/** Runs a tool of the repository in a folder; throws with what it prints where it fails. */
function runIn(folder: string, tool: string, args: readonly string[] = []): string {
  try {
    return execFileSync(process.execPath, [path.join(MODULES, tool), ...args], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, VITEST: undefined, NODE_OPTIONS: undefined },
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    throw new Error(`${tool} fails:\n${stdout}\n${stderr}`, { cause: error });
  }
}

const TSC = "typescript/bin/tsc";

describe.each<PluginKind>(["method", "term"])("a new package with a %s", (kind) => {
  it("has its name everywhere, and the template's nowhere", async () => {
    const { folder, out } = await newPackage(kind);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)))
      .filter((file) => !file.startsWith("node_modules"));
    expect(files.sort()).toEqual(
      [
        ...[".gitignore", "README.md", "config.ts", "package.json", "tsconfig.build.json", "tsconfig.json"],
        ...[`src/own-${kind}.ts`, `src/own-${kind}.test.ts`],
      ].sort(),
    );
    const texts = files.map((file) => readFileSync(path.join(folder, file), "utf8"));
    expect(texts.filter((text) => text.includes(`my-${kind}`))).toEqual([]);
    const { name, scripts } = readJson(path.join(folder, "package.json"));
    expect(name).toBe(`tssl-own-${kind}`);
    const named = readFileSync(path.join(folder, "README.md"), "utf8").matchAll(/npm run (\w+)/g);
    for (const [, script] of named) expect(scripts).toHaveProperty(script!);
    for (const file of files) expect(out).toContain(file);
  });

  it("passes its own test and is built", { tags: "long" }, async () => {
    const { folder } = await newPackage(kind);
    expect(runIn(folder, "vitest/vitest.mjs", ["run"])).toMatch(/Test Files.*1 passed/);
    runIn(folder, TSC, ["-p", "tsconfig.build.json"]);
    expect(readdirSync(path.join(folder, "dist")).sort()).toEqual([`own-${kind}.d.ts`, `own-${kind}.js`]);
  });

  it("is like the packages of a clone beside them", async () => {
    const { folder, out } = await newPackage(kind, path.join(cloneOfOurs(), `packages/plugin-own-${kind}`));
    expect(out).toContain(`"packages/plugin-own-${kind}"`);
    expect(Object.keys(await pluginFiles({ kind, name: "x", inWorkspace: true }))).toEqual([
      ...["package.json", "tsconfig.json", "README.md", "src/x.ts", "src/x.test.ts"],
    ]);
    const style = ["--config", path.join(ROOT, ".prettierrc.json"), "--check", "*.json", "*.md", "src/*.ts"];
    expect(runIn(folder, "prettier/bin/prettier.cjs", style)).toContain("All matched files");
    const made = readJson(path.join(folder, "package.json"));
    const simclr = readJson(path.join(ROOT, "packages/plugin-simclr/package.json"));
    expect(made.name).toBe(`@tssl/plugin-own-${kind}`);
    expect(made.dependencies).toEqual(simclr.dependencies);
    expect(made.devDependencies).toMatchObject(simclr.devDependencies);
  });
});

it("a new method type-checks", async () => void runIn((await newPackage("method")).folder, TSC));
it("a new method trains by its config", () => trainsByItsConfig("method", "invariance"));
describe("a new term", { tags: "long" }, () => {
  it("type-checks", async () => void runIn((await newPackage("term")).folder, TSC));
  it("trains by its config", () => trainsByItsConfig("term", "strongView"));
});

async function trainsByItsConfig(kind: PluginKind, term: string): Promise<void> {
  const { folder } = await newPackage(kind);
  const images = copyImages((await cifar10Subset()).train, path.join(folder, "images"), 4);
  const set = [
    ...[`data.train=${images}`, "data.test=null", "epochs=1", "batchSize=8", "imageSize=16"],
    "engine.mode=eager",
  ].flatMap((option) => ["--set", option]);
  const { code, err } = warmTsslIn(folder, ["train", "config.ts", "--out", "run", ...set]);
  expect({ code, said: code === 0 ? "" : err }).toEqual({ code: 0, said: "" });
  const rows = readFileSync(path.join(folder, "run/metrics.jsonl"), "utf8").trim().split("\n");
  expect(rows.filter((row) => row.includes(`"own-${kind}/${term}"`))).toHaveLength(2); // of 16 images
}

it.each<PluginKind>(["method", "term"])("a new %s type-checks in a clone", { tags: "long" }, async (kind) => {
  const { folder } = await newPackage(kind, path.join(cloneOfOurs(), `packages/plugin-own-${kind}`));
  runIn(folder, TSC, ["-p", "."]);
});

/** A folder like a clone of this repository, with some of its packages. */
function cloneOfOurs(): string {
  const clone = folderOf({});
  mkdirSync(path.join(clone, "packages"));
  const packages = ["core", "engine", "augment-zoo", "demo-data", "plugin-moco"];
  for (const link of ["tsconfig.base.json", ...packages.map((name) => `packages/${name}`)])
    symlinkSync(path.join(ROOT, link), path.join(clone, link));
  symlinkSync(MODULES, path.join(clone, "node_modules"));
  return clone;
}

it("asks for the versions that this repository has", () => {
  const { devDependencies, engines } = readJson(path.join(ROOT, "package.json"));
  const { dependencies } = readJson(path.join(ROOT, "packages/core/package.json"));
  expect(VERSIONS).toEqual({
    tfjs: dependencies["@tensorflow/tfjs"],
    typescript: devDependencies["typescript"],
    vitest: devDependencies["vitest"],
    nodeTypes: devDependencies["@types/node"],
    node: engines["node"],
  });
});

describe("the plugin's name", () => {
  it.each([
    ["vicreg", "vicreg"],
    ["some/where/tssl-vicreg", "vicreg"],
    ["packages/plugin-vicreg/", "vicreg"],
    ["tssl-plugin-w-mse2", "w-mse2"],
  ])("of %s is %s", (folder, name) => {
    expect(pluginNameOf(folder)).toBe(name);
  });

  it.each([
    ["MyMethod", "my-method"],
    ["my_method", "my-method"],
    ["my--method", "my-method"],
    ["3d views!", "d-views"],
    ["méthode", "m-thode"],
    ["tssl-", undefined],
    ["42", undefined],
  ])("is not %s", (folder, nearest) => {
    const last = path.basename(folder);
    expect(() => pluginNameOf(folder)).toThrow(noPluginName(last, nearest).message);
  });

  it("is none that comes with tssl", () => {
    expect(() => pluginNameOf("plugin-moco-v1")).toThrow(pluginNameTaken("moco-v1").message);
  });
});

describe("refuses with one line, and writes nothing", () => {
  const refused = async (folder: string) => {
    const { code, out, err } = await runCommand("new", "plugin", folder);
    return { code, out, err };
  };

  it("a folder with something in it", async () => {
    const folder = path.join(folderOf({ "own/notes.txt": "mine", "own/.git/HEAD": "" }), "own");
    const { code, out, err } = await refused(folder);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain(
      `Error: ${folder} must be a new or empty folder, and it holds 2 entries. Choose another.`,
    );
    expect(readdirSync(folder).sort()).toEqual([".git", "notes.txt"]);
  });

  it("a file in the folder's place", async () => {
    const folder = path.join(folderOf({ own: "a file" }), "own");
    const { code, err } = await refused(folder);
    expect(code).toBe(2);
    expect(err).toMatch(/^Error: The plugin: .* cannot be written: .*\. Choose another place\.\n$/);
    expect(readFileSync(folder, "utf8")).toBe("a file");
  });

  it("a name that npm would not take", async () => {
    const parent = folderOf({});
    expect((await refused(path.join(parent, "Own Method"))).code).toBe(2);
    expect(readdirSync(parent)).toEqual([]);
  });
});
