import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { embeddingSpace } from "@tssl/core";
import type { AnyPlugin } from "@tssl/core/run";
import { pluginChecks, type PluginTestOptions } from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import { moco } from "@tssl/plugin-moco";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { notOneEncoder, viewsDiffer } from "../../packages/core/src/messages/plugins.ts";
import {
  gradientOfAnotherLoss,
  parametersWithoutGradient,
} from "../../packages/core/src/testing/messages/gradients.ts";
import { modesDiffer } from "../../packages/core/src/testing/messages/modes.ts";
import { termDependsOnRank } from "../../packages/core/src/testing/messages/replicas.ts";
import { fencesOfPage, fileNameOf, isTypeScript, readText, ROOT } from "./pages.ts";

/** The plugins of docs/plugins.md, small. A reader may make their sizes these. */
const options: Readonly<Record<string, PluginTestOptions>> = {
  "twin-distributions.ts": { options: { classes: 8 }, learningRate: 1e-5 },
  "nearest-neighbours.ts": { options: { dim: 8, queueSize: 16 } },
  "self-prediction.ts": { options: { dim: 8 }, stopGradients: ["predicted"], learningRate: 1e-5 },
  "uniformity.ts": { on: [{ use: moco, queueSize: 16, dim: 8 }], options: { weight: 0.5 } },
};
/** Checks that take a moment; all of them are taken in the long tests. */
const QUICK =
  /reads the views|publish|sends a gradient|writes no state|leaves no tensor|on each of two replicas/;

let folder: string;

beforeAll(async () => {
  await startEngine({ device: "cpu" });
  folder = mkdtempSync(path.join(tmpdir(), "tssl-plugin-page-"));
  symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  for (const fence of fencesOfPage("docs/plugins.md").filter(isTypeScript))
    writeFileSync(path.join(folder, fileNameOf(fence)!), fence.code);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const load = async (file: string): Promise<AnyPlugin> =>
  ((await import(path.join(folder, file))) as { readonly default: AnyPlugin }).default;

describe("the plugins of docs/plugins.md", () => {
  it("are those that are tested here", () => {
    const files = fencesOfPage("docs/plugins.md").filter(isTypeScript).map(fileNameOf);
    expect(files.filter((file) => !file!.endsWith(".test.ts"))).toEqual(Object.keys(options));
  });

  it.each(Object.entries(options))("%s keeps the contract", async (file, tested) => {
    const plugin = await load(file);
    const isTerm = plugin.requires?.includes(embeddingSpace) === true;
    const checks = pluginChecks(plugin, tested).filter(({ name }) => QUICK.test(name));
    expect(checks.length).toBeGreaterThanOrEqual(isTerm ? 6 : 7);
    for (const { run } of checks) await run();
  });

  it("have messages that the page explains in their words", () => {
    const said = [
      notOneEncoder(["moco", "mine"]).message,
      viewsDiffer("mine", "other", "first").message,
      parametersWithoutGradient("mine", ["….bias"]),
      modesDiffer("mine", "…", { learningRate: 1, smaller: 1 }),
      gradientOfAnotherLoss("mine", { measured: 1, stated: 2 }),
      termDependsOnRank("mine", "contrast", [1, 2]),
    ];
    const explained = [...readText("docs/plugins.md").matchAll(/^\| `([^|]+)` +\|/gm)].map(
      ([, words]) => words!,
    );
    expect(explained).toHaveLength(said.length);
    explained.forEach((words, i) => expect(said[i]).toContain(words));
  });

  it.each(Object.entries(options))("%s keeps all of it", { tags: "long" }, async (file, tested) => {
    for (const { run } of pluginChecks(await load(file), tested)) await run();
  });
});
