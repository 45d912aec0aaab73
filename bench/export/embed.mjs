// `tssl embed` beside a plain loop of PyTorch with the same network and as many threads, in turns: seconds of
// the whole command, the most memory, and how far the features are apart.
//
//   node bench/export/embed.mjs RUN FOLDER [--rounds 3] [--python bench/.venv/bin/python] [--workers 1]
//
// RUN is of a resnet20 or a ResNet with `stem: cifar`; FOLDER has class folders. Needs /usr/bin/time.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { median } from "../step/median.mjs";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "3" },
    python: { type: "string", default: here("../.venv/bin/python") },
    workers: { type: "string", default: "1" },
    batch: { type: "string", default: "250" },
  },
});
const [run, images] = positionals;
if (images === undefined) {
  console.error("embed: name a run folder and a folder of images.");
  process.exit(2);
}
const tssl = here("../../packages/cli/bin/tssl.cjs");
const folder = mkdtempSync(path.join(tmpdir(), "tssl-bench-embed-"));
try {
  const encoder = path.join(folder, "encoder");
  called(process.execPath, [tssl, "export", run, "--to", "safetensors", "--out", encoder]);
  const { use, size } = encoderOf(path.join(encoder, "model.safetensors"));
  const outs = ["tssl.npy", "pytorch.npy"].map((name) => path.join(folder, name));
  const flags = ["--batch-size", values.batch, "--workers", values.workers];
  const commands = [
    () => called(process.execPath, [tssl, "embed", run, images, "--out", outs[0], ...flags]),
    () =>
      called(values.python, [
        ...[here("embed.py"), path.join(encoder, "model.safetensors"), images, outs[1]],
        ...[use, String(size), values.batch, values.workers],
      ]),
  ];
  const sides = [[], []];
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const side of round % 2 === 0 ? [0, 1] : [1, 0]) sides[side].push(commands[side]());
  }
  print(sides, outs);
} finally {
  rmSync(folder, { recursive: true });
}

/** Seconds and megabytes of a program. */
function called(program, parameters) {
  const timed = ["-f", "%e %M", program, ...parameters];
  const { status, stderr } = spawnSync("/usr/bin/time", timed, { encoding: "utf8", maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(stderr);
  const [seconds, kilobytes] = stderr.trim().split("\n").at(-1).split(" ").map(Number);
  return { seconds, megabytes: kilobytes / 1024 };
}

/** What the file says of its encoder: the name that resnet.py knows it by, and the side of its images. */
function encoderOf(file) {
  const bytes = readFileSync(file);
  const { __metadata__: metadata } = JSON.parse(
    bytes.toString("utf8", 8, 8 + Number(bytes.readBigUInt64LE())),
  );
  const { encoder, imageSize } = JSON.parse(metadata["tssl.encoder"]);
  return { use: encoder.use, size: imageSize };
}

function print(sides, outs) {
  const [ours, theirs] = outs.map(rowsIn);
  const count = ours.count;
  const [tsslSide, pytorch] = sides.map((calls) => ({
    speed: count / median(calls.map(({ seconds }) => seconds)),
    megabytes: Math.max(...calls.map(({ megabytes }) => megabytes)),
  }));
  const ratios = sides[0].map(({ seconds }, i) => sides[1][i].seconds / seconds);
  let [largest, apart] = [0, 0];
  ours.values.forEach((value, i) => {
    largest = Math.max(largest, Math.abs(value));
    apart = Math.max(apart, Math.abs(value - theirs.values[i]));
  });
  console.log(`${count} images, ${cpus()[0].model}, ${cpus().length} cores, Node ${process.versions.node}`);
  console.log("| | images/s | most memory, MiB |\n| --- | --- | --- |");
  for (const [name, { speed, megabytes }] of Object.entries({ "tssl embed": tsslSide, PyTorch: pytorch }))
    console.log(`| ${name} | ${speed.toFixed(0)} | ${megabytes.toFixed(0)} |`);
  const range = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
  console.log(
    `\nRatio ${median(ratios).toFixed(2)} (${range}); features at most ${apart} apart, of ${largest}.`,
  );
}

function rowsIn(file) {
  const bytes = readFileSync(file);
  const start = 10 + bytes.readUInt16LE(8);
  const [count] = /\((\d+), \d+\)/
    .exec(bytes.toString("latin1", 10, start))[1]
    .split(" ")
    .map(Number);
  return { count, values: new Float32Array(new Uint8Array(bytes.subarray(start)).buffer) };
}
