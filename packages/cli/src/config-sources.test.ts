import path from "node:path";

import { expect, it } from "vitest";

import { sourcedOptions, sourceText } from "./config-sources.ts";
import { folderOf } from "./folder-of.test.data.ts";
import { type Override, setBy } from "./overrides.ts";
import { readLayeredConfig } from "./read-run-config.ts";

const BASE = `epochs: 5
batchSize: 16
data: { train: ./images, workers: 2 }
encoder: { use: resnet20, widths: [4, 4, 8] }
plugins:
  - { use: clsa, beta: 2 }
  - use: moco
    queueSize: 32
    dim: 16
optimizer: { use: sgd, lr: 0.1, nesterov: true }
`;
const OWN = `extends: ./base.yaml
# a comment
epochs: 7
encoder: { use: resnet18 }
plugins:
  - use: moco
    dim: 8
optimizer:
  lr: 0.2
`;

async function sourcesIn(folder: string, file: string, overrides: readonly Override[] = []) {
  const options = sourcedOptions(await readLayeredConfig(path.join(folder, file), overrides));
  return (name: string): string => {
    const { value, source } = options.find((option) => option.name === name)!;
    const shown = source.kind === "file" ? { ...source, file: path.basename(source.file) } : source;
    return `${JSON.stringify(value)} ${sourceText(shown)}`;
  };
}

it("finds the file and the line of a value, through extends", async () => {
  const folder = folderOf({ "base.yaml": BASE, "config.yaml": OWN });
  const source = await sourcesIn(folder, "config.yaml");
  expect(source("epochs")).toBe("7 config.yaml:3");
  expect(source("batchSize")).toBe("16 base.yaml:2");
  expect(source("data.workers")).toBe("2 base.yaml:3");
  expect(source("optimizer.lr")).toBe("0.2 config.yaml:9");
  expect(source("optimizer.nesterov")).toBe("true base.yaml:10");
  expect(source("optimizer.momentum")).toBe("0.9 default");
  expect(source("seed")).toBe("0 default");
});

it("matches plugins by use, at any place in a file's list", async () => {
  const folder = folderOf({ "base.yaml": BASE, "config.yaml": OWN });
  const source = await sourcesIn(folder, "config.yaml");
  expect(source("plugins.clsa.beta")).toBe("2 base.yaml:6");
  expect(source("plugins.moco.queueSize")).toBe("32 base.yaml:8");
  expect(source("plugins.moco.dim")).toBe("8 config.yaml:7");
  expect(source("plugins.moco.temperature")).toBe("0.2 default");
});

it("takes nothing from a section that another file replaced", async () => {
  const folder = folderOf({ "base.yaml": BASE, "config.yaml": OWN });
  const source = await sourcesIn(folder, "config.yaml");
  expect(source("encoder.use")).toBe('"resnet18" config.yaml:4');
  expect(source("encoder.stem")).toBe('"imagenet" default');
});

it("puts the command line over the environment, and that over files", async () => {
  const folder = folderOf({ "base.yaml": BASE, "config.yaml": OWN });
  const inEnvironment = ["epochs=8", "optimizer.lr=0.3", "data.mean=[0, 0, 0]"];
  const onCommandLine = [
    "optimizer.lr=0.4",
    "plugins.clsa.draws=3",
    "encoder={ use: resnet20, widths: [1, 2, 3] }",
  ];
  const source = await sourcesIn(folder, "config.yaml", [
    ...inEnvironment.map((text): Override => ({ by: "TSSL_SET", text })),
    ...onCommandLine.map(setBy),
  ]);
  expect(source("epochs")).toBe("8 TSSL_SET epochs=8");
  expect(source("optimizer.lr")).toBe("0.4 --set optimizer.lr=0.4");
  expect(source("data.mean")).toBe("[0,0,0] TSSL_SET data.mean=[0, 0, 0]");
  expect(source("plugins.clsa.draws")).toBe("3 --set plugins.clsa.draws=3");
  expect(source("encoder.widths")).toMatch(/^\[1,2,3\] --set encoder=/);
  expect(source("encoder.recompute")).toBe("false default");
});

it("names presets and their lines, and files in TypeScript and JSON", async () => {
  const folder = folderOf({
    "config.json":
      '{\n  "$schema": "./tssl.schema.json", "extends": "moco/cifar10",\n  "data": {\n    "train": "./images" } }\n',
    "config.ts": 'export default { extends: "./config.json", epochs: 3 };\n',
  });
  const source = await sourcesIn(folder, "config.ts");
  expect(source("epochs")).toBe("3 config.ts");
  expect(source("data.train")).toBe(`"${folder}/images" config.json:4`);
  expect(source("plugins.moco.queueSize")).toBe("4096 preset moco/cifar10:11");
  expect(source("optimizer.lr")).toBe("0.06 preset moco/cifar10:18");
});

it("executes a TypeScript config once", async () => {
  const folder = folderOf({
    "config.ts": `
      globalThis.executions = (globalThis.executions ?? 0) + 1;
      export default { extends: "moco/cifar10", data: { train: "./images" } };
    `,
  });
  const source = await sourcesIn(folder, "config.ts");
  expect(source("data.train")).toMatch(/ config\.ts$/);
  expect(globalThis).toHaveProperty("executions", 1);
});
