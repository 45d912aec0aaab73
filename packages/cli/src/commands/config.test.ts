import { readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { warmTsslIn } from "../built-program.test.data.ts";
import { folderOf } from "../folder-of.test.data.ts";
import { malformedOverride } from "../messages/overrides.ts";
import { presetNames } from "../presets.ts";
import { wholeSchema } from "../whole-schema.ts";

const files = {
  "config.yaml": `extends: moco/cifar10
data: { train: ./images }
epochs: 3
plugins: [{ use: clsa, beta: 2 }]
`,
};

describe("tssl config explain", () => {
  const explain = (args: readonly string[], TSSL_SET = "") =>
    warmTsslIn(folderOf(files), ["config", "explain", ...args], { TSSL_SET });

  it("shows an option with its source, meaning, allowed values and default", () => {
    const { code, out, err } = explain(["plugins.clsa.beta", "config.yaml"]);
    expect(err).toBe("");
    expect(out).toBe(`plugins.clsa.beta = 2
  from     config.yaml:4
  meaning  Weight of the divergence term in the loss (paper).
  allowed  number >= 0
  default  1
`);
    expect(code).toBe(0);
  });

  it("names the file of a preset, and takes a plugin by its place too", () => {
    const { out } = explain(["plugins[0].queueSize", "config.yaml"]);
    expect(out).toMatch(
      /^plugins\.moco\.queueSize = 4096\n {2}from {5}preset moco\/cifar10:11 \(.*plugin-moco\/presets\/cifar10\.yaml\)\n/,
    );
  });

  it("shows all values, or those of a section, with overrides from the environment and the command line", () => {
    const { out } = explain(["config.yaml", "--set", "epochs=5"], "epochs=4;optimizer.lr=0.5");
    expect(out).toMatch(/^option +value +from\nname +"run" +default\n/);
    expect(out).toMatch(/^epochs +5 +--set epochs=5$/m);
    expect(out).toMatch(/^optimizer\.lr +0\.5 +TSSL_SET optimizer\.lr=0\.5$/m);
    const section = explain(["optimizer", "config.yaml"]).out.trim().split("\n");
    expect(section[0]).toMatch(/^option /);
    expect(section.slice(1).every((line) => line.startsWith("optimizer."))).toBe(true);
    expect(section).toHaveLength(1 + 13);
  });

  it("refuses an unknown key, an invalid config and a malformed environment, with exit code 2", () => {
    const unknown = explain(["optimizer.momentun", "config.yaml"]);
    expect(unknown.code).toBe(2);
    expect(unknown.err).toMatch(/^Error: optimizer\.momentun: .*Did you mean "optimizer\.momentum"\?/);
    expect(explain(["lr", "config.yaml"]).err).toContain('Did you mean "optimizer.lr"?');
    const wrong = explain(["config.yaml"], "optimizer.lrr=0.5");
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('  - optimizer.lrr: unknown option. Did you mean "lr"?');
    expect(explain(["config.yaml"], "epochs")).toMatchObject({
      code: 2,
      err: `Error: ${malformedOverride("TSSL_SET", "epochs").message}\n`,
    });
  });
});

it("reads a TypeScript config with defineRun and a plugin that stands there itself", () => {
  const folder = folderOf({
    "config.ts": `import { defineRun } from "tssl";
import { clsa } from "@tssl/plugin-clsa";
export default defineRun({ extends: "moco/cifar10", data: { train: "./images" }, plugins: [{ use: clsa, beta: 3 }] });
`,
  });
  symlinkSync(
    fileURLToPath(new URL("../../../../node_modules", import.meta.url)),
    path.join(folder, "node_modules"),
  );
  const { err, out } = warmTsslIn(folder, [
    "config",
    "explain",
    "plugins",
    "config.ts",
    "--set",
    "plugins.clsa.draws=2",
  ]);
  expect(err).toBe("");
  expect(out).toMatch(/^plugins\.clsa\.beta +3 +config\.ts$/m);
  expect(out).toMatch(/^plugins\.clsa\.draws +2 +--set plugins\.clsa\.draws=2$/m);
});

it("tssl config presets lists each with its paper", () => {
  const { code, out } = warmTsslIn(folderOf({}), ["config", "presets"]);
  expect(code).toBe(0);
  expect(out.split("\n").filter((line) => /^\S/.test(line))).toEqual(presetNames);
  expect(out).toContain("clsa/imagenet\n  CLSA on MoCo v2, one strong crop, on ImageNet: arXiv:2104.07713;");
});

it("tssl config schema writes the schema, or prints it", () => {
  const folder = folderOf({});
  expect(warmTsslIn(folder, ["config", "schema"]).out).toBe(wholeSchema());
  expect(warmTsslIn(folder, ["config", "schema", "--out", "schema.json"])).toEqual({
    code: 0,
    out: "",
    err: "",
  });
  expect(readFileSync(path.join(folder, "schema.json"), "utf8")).toBe(wholeSchema());
});
