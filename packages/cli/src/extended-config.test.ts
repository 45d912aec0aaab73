import { readdirSync, realpathSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { mergedLayers, readConfigLayers } from "./extended-config.ts";
import { folderOf } from "./folder-of.test.data.ts";
import { presetNames, presetNotes, presets } from "./presets.ts";
import { readRunConfig } from "./read-run-config.ts";

const readExtendedConfig = async (file: string) => mergedLayers(await readConfigLayers(file));

const BASE = `
epochs: 5
data: { train: ./images, workers: 2 }
encoder: { use: resnet20, widths: [4, 4, 8] }
plugins:
  - { use: moco, queueSize: 32, dim: 16 }
  - { use: ./own.ts, weight: 2 }
optimizer: { use: sgd, lr: 0.1, nesterov: true }
`;

describe("extends", () => {
  it("changes what both name, adds what one names, and takes paths from the file that says them", async () => {
    const folder = folderOf({
      "base/config.yaml": BASE,
      "config.yaml": `
extends: ./base/config.yaml
epochs: 7
data: { workers: 1, test: ./test }
plugins:
  - { use: clsa, beta: 2 }
  - { use: moco, dim: 8 }
optimizer: { lr: 0.2 }
`,
    });
    expect(await readExtendedConfig(path.join(folder, "config.yaml"))).toEqual({
      epochs: 7,
      data: { train: path.join(folder, "base/images"), workers: 1, test: path.join(folder, "test") },
      encoder: { use: "resnet20", widths: [4, 4, 8] },
      plugins: [
        { use: "moco", queueSize: 32, dim: 8 },
        { use: path.join(folder, "base/own.ts"), weight: 2 },
        { use: "clsa", beta: 2 },
      ],
      optimizer: { use: "sgd", lr: 0.2, nesterov: true },
    });
  });

  it("replaces an optimizer and an encoder of another kind as a whole, and lists", async () => {
    const folder = folderOf({
      "base.yaml": BASE,
      "other.yaml": "extends: ./base.yaml\nencoder: { use: resnet18 }\noptimizer: { use: lars, lr: 1 }\n",
      "lists.yaml": "extends: ./base.yaml\nencoder: { widths: [2] }\n",
    });
    expect(await readExtendedConfig(path.join(folder, "other.yaml"))).toMatchObject({
      encoder: { use: "resnet18" },
      optimizer: { use: "lars", lr: 1 },
    });
    const other = (await readExtendedConfig(path.join(folder, "other.yaml"))) as Record<string, object>;
    expect([other["encoder"], other["optimizer"]]).toEqual([{ use: "resnet18" }, { use: "lars", lr: 1 }]);
    expect(await readExtendedConfig(path.join(folder, "lists.yaml"))).toMatchObject({
      encoder: { use: "resnet20", widths: [2] },
    });
  });

  it("puts a plugin in the place of another, and takes one away", async () => {
    const folder = folderOf({
      "base/config.yaml": BASE,
      "replace.yaml": `
extends: ./base/config.yaml
plugins:
  - { replace: moco, use: ./barlow-twins.ts, lambda: 0.01 }
  - { use: clsa }
`,
      "remove.yaml": "extends: ./base/config.yaml\nplugins: [{ remove: ./base/own.ts }]\n",
      "typo.yaml": "extends: ./base/config.yaml\nplugins: [{ replace: mocco, use: byol }]\n",
      "alone.yaml": "plugins: [{ remove: moco }]\n",
    });
    const read = (name: string) => readExtendedConfig(path.join(folder, name));
    expect((await read("replace.yaml"))["plugins"]).toEqual([
      { use: path.join(folder, "barlow-twins.ts"), lambda: 0.01 },
      { use: path.join(folder, "base/own.ts"), weight: 2 },
      { use: "clsa" },
    ]);
    expect((await read("remove.yaml"))["plugins"]).toEqual([{ use: "moco", queueSize: 32, dim: 16 }]);
    await expect(read("typo.yaml")).rejects.toMatchObject({
      code: "INVALID_CONFIG",
      data: { key: "replace", name: "mocco", known: ["moco", path.join(folder, "base/own.ts")] },
    });
    await expect(read("alone.yaml")).rejects.toMatchObject({
      data: { key: "remove", name: "moco", known: [] },
    });
  });

  it("finds a config in an installed package, from any folder of a project", async () => {
    const folder = folderOf({
      "node_modules/@ada/methods/presets/small.yaml": BASE,
      "node_modules/tssl-vit/tiny.yaml": "epochs: 9\n",
      "a/b/config.yaml": 'extends: "@ada/methods/presets/small.yaml"\n',
      "c/config.yaml": "extends: tssl-vit/tiny.yaml\n",
    });
    expect(await readExtendedConfig(path.join(folder, "a/b/config.yaml"))).toMatchObject({
      epochs: 5,
      data: { train: path.join(folder, "node_modules/@ada/methods/presets/images") },
    });
    expect(await readExtendedConfig(path.join(folder, "c/config.yaml"))).toEqual({ epochs: 9 });
  });

  it("refuses an unknown name, a missing file, and a circle", async () => {
    const folder = folderOf({
      "name.yaml": "extends: simclr/imagnet\n",
      "missing.yaml": "extends: ./nowhere.yaml\n",
      "a.yaml": "extends: ./b.yaml\n",
      "b.yaml": "extends: ./a.yaml\n",
    });
    const within = (name: string) => path.join(folder, name);
    const refusalOf = (name: string) => expect(readExtendedConfig(within(name))).rejects;
    await refusalOf("name.yaml").toMatchObject({
      code: "INVALID_CONFIG",
      data: { file: within("name.yaml"), base: "simclr/imagnet" },
    });
    await refusalOf("missing.yaml").toMatchObject({
      code: "INVALID_CONFIG",
      data: { file: within("nowhere.yaml"), reason: "there is no such file" },
    });
    await refusalOf("a.yaml").toMatchObject({
      code: "INVALID_CONFIG",
      data: { file: within("b.yaml"), chain: ["a.yaml", "b.yaml", "a.yaml"] },
    });
  });
});

describe("presets", () => {
  it.each(Object.keys(presets))("%s is a whole run but for its images", async (name) => {
    const folder = folderOf({ "config.yaml": `extends: ${name}\ndata: { train: ./images }\n` });
    const { settings, plugins } = await readRunConfig(path.join(folder, "config.yaml"));
    expect(settings.data.train).toBe(path.join(folder, "images"));
    expect(plugins.map(({ plugin }) => plugin.name)).toContain(name.split("/")[0]);
  });

  it.each(presetNames)("%s says its paper, and its source or that it has none", async (name) => {
    expect((await presetNotes(name)).join(" ")).toMatch(
      /arXiv:\d{4}\.\d{5}.*(\w+\/[\w.-]+,? |Nothing is published of this run|published no code)/,
    );
  });

  it("are all of the plugins' preset files", () => {
    const packages = fileURLToPath(new URL("../..", import.meta.url));
    const folders = readdirSync(packages)
      .filter((name) => name.startsWith("plugin-"))
      .map((name) => path.join(packages, name, "presets"));
    const files = folders.flatMap((folder) => readdirSync(folder).map((file) => path.join(folder, file)));
    expect(Object.values(presets).map((file) => realpathSync(file)).sort()).toEqual(files.sort()); // prettier-ignore
  });

  it("have the sources' values where the plugin's defaults are others", async () => {
    const folder = folderOf({
      "config.yaml": "extends: clsa/imagenet-multi\ndata: { train: ./images }\n",
      "byol.yaml": "extends: byol/cifar10-lightly\ndata: { train: ./images }\n",
    });
    const multi = await readRunConfig(path.join(folder, "config.yaml"));
    expect(multi.resolved["plugins"]).toMatchObject([
      { use: "moco", inBatchNegatives: true, queueSize: 65536, temperature: 0.2 },
      { use: "clsa", crops: "multi", beta: 1, temperature: 0.2 },
    ]);
    const { learning, options } = (await readRunConfig(path.join(folder, "byol.yaml"))).optimizer;
    // A quarter of lightly's rate and four times its decay, for a loss that is four times lightly's.
    expect(learning.lr * 4).toBeCloseTo(0.06, 12);
    expect((options as { weightDecay: number }).weightDecay / 4).toBeCloseTo(5e-4, 12);
  });
});
