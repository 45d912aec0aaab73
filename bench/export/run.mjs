// A table of every encoder and every artefact of it: the largest difference from the run's own features, and
// the size. Each encoder takes two steps of MoCo on bundled images, then `tssl export` writes and proves it.
//
//   node bench/export/run.mjs [--only resnet18,vit-tiny] [--out runs/export]
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { cifar10Subset } from "@tssl/demo-data";

const { values: options } = parseArgs({
  options: { only: { type: "string" }, out: { type: "string", default: "runs/export" } },
});
const tssl = fileURLToPath(new URL("../../packages/cli/bin/tssl.cjs", import.meta.url));
const IMAGES = 32;
const ARTEFACTS = ["safetensors", "onnx", "tfjs", "detectron2", "page"];
const IMAGENET = { imageSize: 224 };
const CIFAR = { imageSize: 32 };
/** Configs by the name in the table. */
const encoders = {
  resnet18: { ...IMAGENET, encoder: { use: "resnet18", stem: "imagenet" } },
  resnet34: { ...IMAGENET, encoder: { use: "resnet34", stem: "imagenet" } },
  resnet50: { ...IMAGENET, encoder: { use: "resnet50", stem: "imagenet" } },
  "ResNeXt-50 32x4d": {
    ...IMAGENET,
    encoder: { use: "resnet50", stem: "imagenet", groups: 32, widthPerGroup: 4 },
  },
  "Wide ResNet-50-2": { ...IMAGENET, encoder: { use: "resnet50", stem: "imagenet", widthPerGroup: 128 } },
  "resnet18 with stem: cifar": { ...CIFAR, encoder: { use: "resnet18", stem: "cifar" } },
  resnet20: { ...CIFAR, encoder: { use: "resnet20" } },
  "vit-tiny": { ...IMAGENET, encoder: { use: "vit-tiny" } },
  "vit-small": { ...IMAGENET, encoder: { use: "vit-small" } },
  "vit-base": { ...IMAGENET, encoder: { use: "vit-base" } },
  "convnext-tiny": { ...IMAGENET, encoder: { use: "convnext-tiny" } },
};

const out = path.resolve(options.out);
mkdirSync(out, { recursive: true });
const list = path.join(out, "images.txt");
writeFileSync(list, await firstImages());

console.log(`| encoder | ${ARTEFACTS.join(" | ")} |\n| --- |${" --- |".repeat(ARTEFACTS.length)}`);
const asked = options.only?.split(",");
for (const [name, config] of Object.entries(encoders)) {
  if (asked !== undefined && !asked.includes(name)) continue;
  const run = trained(name, config);
  console.log(`| ${name} | ${ARTEFACTS.map((artefact) => exported(run, artefact)).join(" | ")} |`);
}

async function firstImages() {
  const { train } = await cifar10Subset();
  const [first] = readdirSync(train).sort();
  const names = readdirSync(path.join(train, first)).sort().slice(0, IMAGES);
  return names.map((name) => path.join(train, first, name)).join("\n");
}

/** The folder of a run of two steps. */
function trained(name, config) {
  const run = path.join(out, name.replace(/\W+/g, "-"));
  if (existsSync(path.join(run, "outcome.json"))) return run;
  rmSync(run, { recursive: true, force: true });
  const file = `${run}.json`;
  const whole = {
    ...config,
    data: { train: list },
    epochs: 1,
    batchSize: IMAGES / 2,
    plugins: [{ use: "moco", queueSize: IMAGES / 2, dim: 16 }],
    optimizer: { use: "sgd", lr: 0.01 },
  };
  writeFileSync(file, JSON.stringify(whole));
  const { status, stderr } = called("train", file, "--out", run);
  if (status !== 0) throw new Error(stderr);
  return run;
}

/** "1.2e-6, 42.7 MB", or a dash where an encoder has no such artefact. */
function exported(run, artefact) {
  const folder = `${run}-${artefact}`;
  rmSync(folder, { recursive: true, force: true });
  const { status, stdout, stderr } = called("export", run, "--to", artefact, "--out", folder, "--json");
  rmSync(folder, { recursive: true, force: true });
  if (status !== 0) {
    process.stderr.write(`${run}: ${stderr}`);
    return "–";
  }
  const [{ difference, files }] = JSON.parse(stdout).artefacts;
  const megabytes = files.reduce((sum, file) => sum + file.bytes, 0) / 1e6;
  return `${difference === 0 ? "0" : difference.toExponential(1)}, ${megabytes.toFixed(1)} MB`;
}

function called(...parameters) {
  return spawnSync(process.execPath, [tssl, ...parameters], { encoding: "utf8", maxBuffer: 2 ** 26 });
}
