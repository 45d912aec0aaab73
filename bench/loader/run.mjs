// Whole training beside its step alone, in turns on the same machine, on the bundled images: what the loader
// costs. Prints a table; the last line is JSON.
//
//   npm run bench:loader -- [--rounds N] [case …]
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { cifar10Subset } from "@tssl/demo-data";

import { median } from "../step/median.mjs";

const TSSL = fileURLToPath(new URL("../../packages/cli/bin/tssl.cjs", import.meta.url));

/**
 * Two weak views and a strong one of 32 pixels, as in bench/step; so many images and epochs that training
 * takes about half a minute.
 */
const CASES = {
  "resnet18-clsa": { encoder: { use: "resnet18", stem: "cifar" }, images: 640, epochs: 3 },
  "resnet20-clsa": { encoder: { use: "resnet20" }, images: 3840, epochs: 3 },
};
const BATCH = 64;
const WORKERS = 1;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "5" } },
});
const names = positionals.length > 0 ? positionals : Object.keys(CASES);
const unknown = names.find((name) => !(name in CASES));
if (unknown !== undefined) {
  console.error(`bench:loader: there is no case "${unknown}". Cases: ${Object.keys(CASES).join(", ")}.`);
  process.exit(2);
}

const folder = mkdtempSync(path.join(tmpdir(), "tssl-bench-loader-"));
try {
  const results = {};
  for (const name of names) results[name] = await measure(name);
  console.log(`${cpus()[0].model}, ${cpus().length} cores, ${values.rounds} rounds in turns.\n`);
  console.log(
    "| case | step alone, images/s | training, images/s | ratio | range | idle share | loader, ms of a " +
      "thread per image |",
  );
  console.log("| --- | --- | --- | --- | --- | --- | --- |");
  for (const [name, { step, training, ratio, range, idle, loader }] of Object.entries(results)) {
    console.log(
      `| ${name} | ${step.toFixed(1)} | ${training.toFixed(1)} | ${ratio.toFixed(3)} | ` +
        `${range.map((x) => x.toFixed(3)).join("–")} | ${(100 * idle).toFixed(1)} % | ` +
        `${loader.toFixed(3)} |`,
    );
  }
  console.log(`\n${JSON.stringify(results)}`);
} finally {
  rmSync(folder, { recursive: true });
}

async function measure(name) {
  const { encoder, images, epochs } = CASES[name];
  const config = path.join(folder, `${name}.yaml`);
  const { train } = await cifar10Subset();
  const files = readdirSync(train, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(jpg|png)$/.test(file))
    .sort();
  const every = Math.floor(files.length / images);
  const chosen = files.filter((_, i) => i % every === 0).slice(0, images);
  const list = path.join(folder, `${name}.txt`);
  writeFileSync(list, chosen.map((file) => path.join(train, file)).join("\n"));
  const content = {
    data: { train: list, workers: WORKERS },
    imageSize: 32,
    epochs,
    batchSize: BATCH,
    encoder,
    plugins: [
      { use: "moco", queueSize: 4096, momentum: 0.99, temperature: 0.1 },
      { use: "clsa", temperature: 0.1 },
    ],
    optimizer: { use: "sgd", lr: 0.03, momentum: 0.9, weightDecay: 5e-4 },
  };
  writeFileSync(config, JSON.stringify(content));
  const rounds = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    process.stderr.write(`${name}: round ${round + 1} of ${values.rounds}\n`);
    const out = path.join(folder, `${name}-${round}`);
    const turns = [
      () => ({ step: BATCH / (median(JSON.parse(tssl("inspect", "graph", config, "--steps", "15", "--json")).milliseconds.warm) / 1000) }), // prettier-ignore
      () => {
        tssl("train", config, "--out", out);
        const { imagesPerSecond, bottleneck } = JSON.parse(
          readFileSync(path.join(out, "outcome.json"), "utf8"),
        );
        const of = (stage) => bottleneck.stages.find((each) => each.name === stage).millisecondsPerImage;
        return {
          training: imagesPerSecond,
          idle: bottleneck.idleShare,
          loader: of("decode") + of("augment"),
        };
      },
    ];
    rounds.push(Object.assign({}, ...(round % 2 === 0 ? turns : turns.toReversed()).map((turn) => turn())));
  }
  const all = (key) => rounds.map((round) => round[key]);
  const ratios = rounds.map(({ training, step }) => training / step);
  return {
    ...Object.fromEntries(["step", "training", "idle", "loader"].map((key) => [key, median(all(key))])),
    ratio: median(ratios),
    range: [Math.min(...ratios), Math.max(...ratios)],
  };
}

function tssl(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [TSSL, ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 28, // every op of the step
  });
  if (status !== 0) throw new Error(`tssl ${args.join(" ")} ended with ${status}: ${stderr}`);
  return stdout;
}
