import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { TSSL_VERSION } from "@tssl/core/run";

import { noPluginName, pluginNameTaken } from "./messages/plugin-names.ts";
import { builtIn } from "./registry.ts";

/** What a new plugin starts as: a method that trains an encoder, or a loss term on top of a method. */
export type PluginKind = "method" | "term";

/** A package that is to be written. */
export interface PluginPackage {
  readonly kind: PluginKind;
  /** The plugin's own name: "my-method". */
  readonly name: string;
  /** Whether it is one of the packages of a clone of tssl, beside those of the other plugins. */
  readonly inWorkspace: boolean;
}

/** The versions of other packages that a new one asks for. A test holds them to those of this repository. */
export const VERSIONS = {
  tfjs: "4.22.0",
  typescript: "~5.9.3",
  vitest: "^4.1.12",
  nodeTypes: "^20.19.0",
  node: ">=20.9",
} as const;

const TEMPLATES = fileURLToPath(new URL("../templates/", import.meta.url));

/** Words of lower-case letters and digits, with a hyphen between two of them. */
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * The plugin's name, which is that of its folder: "vicreg" of "vicreg", "tssl-vicreg" and "plugin-vicreg".
 *
 * @throws {UsageError} where it can be no name of a package, or is taken by a plugin that comes with tssl.
 */
export function pluginNameOf(folder: string): string {
  const last = path.basename(path.resolve(folder));
  const name = last.replace(/^tssl-/, "").replace(/^plugin-/, "");
  if (!NAME.test(name)) throw noPluginName(last, nearestName(name));
  if (Object.hasOwn(builtIn.plugins, name)) throw pluginNameTaken(name);
  return name;
}

/** A name that looks like what was typed; undefined where nothing of it can stand in one. */
function nearestName(typed: string): string | undefined {
  const name = typed
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[^a-z]+|-+$/g, "");
  return NAME.test(name) ? name : undefined;
}

/** Whether a folder lies among the packages of a clone of tssl. */
export const isInWorkspace = (folder: string): boolean =>
  existsSync(path.join(path.dirname(path.resolve(folder)), "core/src/plugins/plugin.ts"));

/** The name by which npm knows the package: one that `use` looks for in node_modules. */
export const packageNameOf = ({ name, inWorkspace }: PluginPackage): string =>
  inWorkspace ? `@tssl/plugin-${name}` : `tssl-${name}`;

/** The files of a new package: their texts by their paths in its folder. */
export async function pluginFiles(made: PluginPackage): Promise<Readonly<Record<string, string>>> {
  const { kind, name, inWorkspace } = made;
  const template = (file: string) => textOf(`${kind}/${file}`, `my-${kind}`, name);
  const code = {
    [`src/${name}.ts`]: await template(`src/my-${kind}.ts`),
    [`src/${name}.test.ts`]: await template(`src/my-${kind}.test.ts`),
  };
  if (inWorkspace) {
    return {
      "package.json": json(workspacePackage(made)),
      "tsconfig.json": workspaceTypes(kind),
      "README.md": await textOf("workspace/README.md", "my-plugin", name),
      ...code,
    };
  }
  return {
    "package.json": json(ownPackage(made)),
    "tsconfig.json": await textOf("own/tsconfig.json"),
    "tsconfig.build.json": await textOf("own/tsconfig.build.json"),
    ".gitignore": "node_modules/\ndist/\nruns/\n",
    "README.md": await template("README.md"),
    "config.ts": await template("config.ts"),
    ...code,
  };
}

/** @param stand the name that stands in the template, if there is one. @param name that takes its place. */
async function textOf(file: string, stand?: string, name = ""): Promise<string> {
  const text = await readFile(path.join(TEMPLATES, file), "utf8");
  return stand === undefined ? text : text.replaceAll(stand, name);
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** What the test of a term stands on. */
const hosts = (kind: PluginKind, version: string): Readonly<Record<string, string>> =>
  kind === "term" ? { "@tssl/plugin-moco": version } : {};

/** The package.json of a package on its own, to be published under the author's name. */
function ownPackage(made: PluginPackage): object {
  const { kind, name } = made;
  const version = `^${TSSL_VERSION}`;
  return {
    name: packageNameOf(made),
    version: "0.1.0",
    description: `${name}, a ${kind === "method" ? "method" : "loss term"} for tssl`,
    type: "module",
    engines: { node: VERSIONS.node },
    files: ["dist"],
    exports: { ".": { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` } },
    scripts: {
      test: "vitest run",
      check: "tsc",
      train: "tssl train config.ts",
      build: "tsc -p tsconfig.build.json",
      prepack: "npm run build",
    },
    // One instance of each, that of the program that trains.
    peerDependencies: {
      "@tensorflow/tfjs": VERSIONS.tfjs,
      "@tssl/augment-zoo": version,
      "@tssl/core": version,
    },
    devDependencies: {
      "@tssl/demo-data": version,
      "@tssl/engine": version,
      ...hosts(kind, version),
      "@types/node": VERSIONS.nodeTypes,
      tssl: version,
      typescript: VERSIONS.typescript,
      vitest: VERSIONS.vitest,
    },
  };
}

/** The package.json of a plugin beside those of this repository. */
function workspacePackage(made: PluginPackage): object {
  const { kind, name } = made;
  return {
    name: packageNameOf(made),
    version: TSSL_VERSION,
    description: `${name} for tssl`,
    license: "MIT",
    type: "module",
    engines: { node: VERSIONS.node },
    files: ["dist", "!dist/**/*.test.*"],
    exports: {
      ".": {
        "tssl-source": `./src/${name}.ts`,
        types: `./dist/${name}.d.ts`,
        default: `./dist/${name}.js`,
      },
    },
    dependencies: {
      "@tensorflow/tfjs": VERSIONS.tfjs,
      "@tssl/augment-zoo": TSSL_VERSION,
      "@tssl/core": TSSL_VERSION,
    },
    devDependencies: { "@tssl/engine": TSSL_VERSION, ...hosts(kind, TSSL_VERSION) },
  };
}

/** The tsconfig.json of one, with the references of its imports. */
function workspaceTypes(kind: PluginKind): string {
  const imported = ["core", "engine", ...(kind === "term" ? ["plugin-moco"] : [])];
  return `{
  "extends": "../../tsconfig.base.json",
  "compilerOptions": { "rootDir": "src", "outDir": "dist", "tsBuildInfoFile": "dist/.tsbuildinfo" },
  "include": ["src"],
  "references": [${imported.map((name) => `{ "path": "../${name}" }`).join(", ")}]
}
`;
}
