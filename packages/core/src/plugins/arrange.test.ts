import { describe, expect, it } from "vitest";

import { refusedWith } from "../testing/refusal.ts";
import { arrangePlugins, collectViews } from "./arrange.ts";
import type { ConfiguredPlugin } from "./configured-plugin.ts";
import { type AnyPlugin, definePlugin, type View, type ViewFacts } from "./plugin.ts";
import { definePublication } from "./publication.ts";

const [space, bank] = [definePublication("space"), definePublication("bank")];

function plugin(name: string, rest: Partial<AnyPlugin> = {}): ConfiguredPlugin {
  const options = { type: "object", required: [], properties: {} } as const;
  const made = definePlugin<object>({ name, options, setup: () => ({ step: () => ({ terms: {} }) }) });
  return { plugin: { ...made, ...rest }, options: {} };
}
const names = (configured: readonly ConfiguredPlugin[]) => configured.map(({ plugin }) => plugin.name);

describe("arrangePlugins", () => {
  const method = plugin("method", { publishes: [space] });
  const memory = plugin("memory", { requires: [space], publishes: [bank] });
  const term = plugin("term", { requires: [bank, space] });
  const alone = plugin("alone");

  it("runs each after those that publish what it requires, whatever the config's order", () => {
    expect(names(arrangePlugins([method, memory, term]))).toEqual(["method", "memory", "term"]);
    expect(names(arrangePlugins([term, memory, method]))).toEqual(["method", "memory", "term"]);
    expect(names(arrangePlugins([memory, term, method]))).toEqual(["method", "memory", "term"]);
  });

  it("keeps the config's order otherwise", () => {
    const other = plugin("other", { requires: [space] });
    expect(names(arrangePlugins([alone, other, method]))).toEqual(["alone", "method", "other"]);
    expect(names(arrangePlugins([method, other, alone]))).toEqual(["method", "other", "alone"]);
  });

  it("refuses what nothing publishes", async () => {
    const refused = (methods: readonly string[]) => ({
      code: "INVALID_PLUGIN",
      data: { plugin: "term", publication: "bank", methods },
    });
    expect(await refusedWith(() => arrangePlugins([term, method]))).toEqual(refused([]));
    const views = () => ({});
    const seeing = plugin("seeing", { views });
    expect(await refusedWith(() => arrangePlugins([term, seeing, method]))).toEqual(refused(["seeing"]));
  });

  it("refuses a circle", async () => {
    const one = plugin("one", { requires: [bank], publishes: [space] });
    const other = plugin("other", { requires: [space], publishes: [bank] });
    expect(await refusedWith(() => arrangePlugins([alone, one, other]))).toEqual({
      code: "INVALID_PLUGIN",
      data: { plugins: ["one", "other"] },
    });
  });

  it("refuses a name twice", async () => {
    expect(await refusedWith(() => arrangePlugins([method, alone, method]))).toEqual({
      code: "INVALID_PLUGIN",
      data: { plugin: "method" },
    });
  });

  it("refuses a plugin of another contract", async () => {
    const old = plugin("old", { contract: 0 as 2 });
    expect(await refusedWith(() => arrangePlugins([old]))).toEqual({
      code: "INVALID_PLUGIN",
      data: { plugin: "old", contract: 0, own: 2 },
    });
  });
});

describe("collectViews", () => {
  const facts = {
    imageSize: 32,
    pixels: { channels: 3, depth: 8 as const },
    batchSize: 4,
    microBatchSize: 4,
    imagesPerPass: 4,
    replicas: 1,
    datasetSize: 8,
    stepsPerEpoch: 2,
    totalSteps: 2,
  };
  const view = (size: number): View => ({ recipe: [{ op: "centerCrop", size }] });
  const asking = (name: string, views: Record<string, View>) => plugin(name, { views: () => views });

  it("joins what all plugins ask for; equal views of one name are one", () => {
    const one = asking("one", { query: view(32), key: view(32) });
    const other = asking("other", { query: view(32), strong: view(16) });
    expect(collectViews([one, plugin("none"), other], facts)).toEqual({
      query: view(32),
      key: view(32),
      strong: view(16),
    });
  });

  it("shows a plugin the run's facts and the views of those before it", () => {
    const seen: ViewFacts[] = [];
    const looking = plugin("looking", { views: (_options, given) => (seen.push(given), {}) });
    collectViews([looking, asking("one", { query: view(32) }), looking], facts);
    expect(seen).toEqual([
      { ...facts, views: {} },
      { ...facts, views: { query: view(32) } },
    ]);
  });

  it("shows it no patches: terms build on whole images", () => {
    const patches: View = {
      recipe: [
        { op: "centerCrop", size: 8 },
        { op: "patches", rows: 2, columns: 2, size: 4, stride: 4 },
      ],
    };
    const seen: ViewFacts[] = [];
    const looking = plugin("looking", { views: (_options, given) => (seen.push(given), {}) });
    const all = collectViews([asking("one", { tiles: patches, query: view(32) }), looking], facts);
    expect(seen).toEqual([{ ...facts, views: { query: view(32) } }]);
    expect(all).toEqual({ tiles: patches, query: view(32) });
  });

  it("refuses two different views of one name", async () => {
    const plugins = [asking("one", { query: view(32) }), asking("other", { query: view(16) })];
    expect(await refusedWith(() => collectViews(plugins, facts))).toEqual({
      code: "INVALID_PLUGIN",
      data: { plugin: "other", other: "one", view: "query" },
    });
  });

  it("refuses a run without views", async () => {
    expect(await refusedWith(() => collectViews([plugin("none")], facts))).toEqual({
      code: "INVALID_PLUGIN",
      data: undefined,
    });
  });
});
