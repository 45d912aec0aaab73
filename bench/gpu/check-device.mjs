// One check of a device, in a process of its own, on the plugin that TSSL_PJRT_PLUGIN names and without
// TensorFlow. Prints one line of JSON. run.mjs runs all of them.
//
//   node bench/gpu/check-device.mjs golden --precision tf32 --only "moco + clsa"
//   node bench/gpu/check-device.mjs part --from 0 --to 2 --state FILE [--die]
//   node bench/gpu/check-device.mjs level --steps 500
//   node bench/gpu/check-device.mjs golden --replicas 2
//   node bench/gpu/check-device.mjs speed --precision bfloat16 --encoder resnet50 --batch 256 --size 224
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { pjrtDevice, startRecorder } from "@tssl/engine";

// What training runs its steps with; no part of the packages' interface.
import { imagenetStatistics } from "../../packages/core/dist/networks/normalize-images.js";
import { compileRun } from "../../packages/core/dist/training/compile-run.js";
import { memoryInUse } from "../../packages/engine/dist/pjrt/devices.js";
import { chooseDevice, processDevice } from "../../packages/engine/dist/pjrt/process-client.js";
import { goldenRuns, LEARNING_RATE, partsOf, prepared, resnetRun } from "./golden-runs.mjs";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    precision: { type: "string", default: "float32" },
    only: { type: "string" },
    from: { type: "string", default: "0" },
    to: { type: "string", default: "4" },
    state: { type: "string", default: "" },
    die: { type: "boolean", default: false },
    replicas: { type: "string", default: "1" },
    steps: { type: "string", default: "500" },
    encoder: { type: "string", default: "resnet20" },
    batch: { type: "string", default: "128" },
    size: { type: "string", default: "32" },
  },
});
const checks = { golden, part, level, speed };
const [check] = positionals;
if (!(check in checks))
  throw new Error(`The first argument must be one of ${Object.keys(checks).join(", ")}.`);
const replicas = Number(options.replicas);
chooseDevice({ gpuMemoryGrowth: true, replicas });
await startRecorder({ tf32: options.precision === "tf32" });
console.log(JSON.stringify(await checks[check]()));
process.exit(0);

function compiled(run, notices = []) {
  return compileRun(run, {
    mode: "pjrt",
    precision: options.precision === "bfloat16" ? "bfloat16" : "float32",
    statistics: imagenetStatistics,
    onNotice: (notice) => notices.push(notice),
  });
}

/** Results of the first steps of every method, beside those in float64 and in TensorFlow on a CPU. */
async function golden() {
  const stored = JSON.parse(readFileSync(new URL("golden.json", import.meta.url), "utf8")).golden;
  const runs = {};
  const asked = goldenRuns.filter(({ name }) => name in stored && (options.only ?? name) === name);
  for (const { name, config } of asked) {
    const run = prepared(config, { replicas });
    const notices = [];
    const program = compiled(run, notices);
    const { draw, steps } = stored[name];
    const off = { device: [], cpu: [] };
    for (const [i, wanted] of steps.entries()) {
      const found = await program.load(partsOf(run, i, draw), LEARNING_RATE, run.phaseAt(0)).run();
      const distance = (by) =>
        Math.max(
          ...Object.entries(wanted).map(([key, [exact, cpu]]) => {
            const value = by === "device" ? found[key] : cpu;
            return Math.abs(value - exact) / Math.max(Math.abs(exact), 1);
          }),
        );
      for (const by of ["device", "cpu"]) off[by].push(distance(by));
    }
    const rounding = notices.find(({ kind }) => kind === "rounding");
    runs[name] = { ...off, ...(rounding === undefined ? {} : { rounding: rounding.reason }) };
    await program.dispose();
    run.dispose();
  }
  return runs;
}

/** Steps from one place to another, with the state from a file and into it, and a digest of it. */
async function part() {
  const run = prepared(resnetRun.config);
  const program = compiled(run);
  const names = Array.from(program.state, ([name]) => name);
  if (existsSync(options.state)) {
    const kept = JSON.parse(readFileSync(options.state, "utf8"));
    for (const name of names) {
      const isWhole = program.state.read(name).values instanceof Int32Array;
      const { buffer } = Uint8Array.from(Buffer.from(kept[name], "base64"));
      program.state.write(name, isWhole ? new Int32Array(buffer) : new Float32Array(buffer));
    }
  }
  for (let step = Number(options.from); step < Number(options.to); step++) {
    await program.load(partsOf(run, step), LEARNING_RATE, run.phaseAt(0)).run();
  }
  const encoded = Object.fromEntries(
    Array.from(program.state, ([name, { values }]) => [
      name,
      Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64"),
    ]),
  );
  if (options.state !== "") writeFileSync(options.state, JSON.stringify(encoded));
  if (options.die) process.kill(process.pid, "SIGKILL");
  const { tuning } = pjrtDevice();
  return { digest: createHash("sha256").update(JSON.stringify(encoded)).digest("hex"), tuning };
}

/** Memory of the process and of the device before and after many steps. */
async function level() {
  const run = prepared(mocoConfig(), sizes());
  const program = compiled(run);
  const parts = partsOf(run, 0);
  const take = async (count) => {
    for (let i = 0; i < count; i++) await program.load(parts, LEARNING_RATE, run.phaseAt(0)).run();
  };
  await take(Math.ceil(Number(options.steps) / 5));
  const before = memory();
  await take(Number(options.steps));
  return { steps: Number(options.steps), before, after: memory() };
}

function memory() {
  const { client } = processDevice();
  const device = client.platform === "cpu" ? undefined : memoryInUse(client.plugin, client.devices[0]);
  return { resident: process.memoryUsage().rss, ...(device === undefined ? {} : { device }) };
}

/** Images each second, with the next batch going up while a step runs. */
async function speed() {
  const run = prepared(mocoConfig(), sizes());
  const notices = [];
  const program = compiled(run, notices);
  const batches = [partsOf(run, 0), partsOf(run, 1)];
  const load = (i) => program.load(batches[i % 2], LEARNING_RATE, run.phaseAt(0));
  for (let i = 0; i < 3; i++) await load(i).run();
  const began = performance.now();
  let next = load(0);
  const steps = Number(options.steps);
  for (let i = 1; i <= steps; i++) {
    const running = next.run();
    if (i < steps) next = load(i);
    await running;
  }
  const seconds = (performance.now() - began) / 1000 / steps;
  return {
    ...sizes(),
    encoder: options.encoder,
    precision: options.precision,
    millisecondsPerStep: 1000 * seconds,
    imagesPerSecond: Number(options.batch) / seconds,
    compileSeconds: notices.find(({ kind }) => kind === "compiled")?.seconds,
    ...memory(),
  };
}

function sizes() {
  return {
    batchSize: Number(options.batch),
    imageSize: Number(options.size),
    images: 4096,
    replicas,
  };
}

function mocoConfig() {
  return {
    plugins: [{ use: "moco", queueSize: 4096, dim: 128 }],
    optimizer: { use: "sgd", lr: LEARNING_RATE, momentum: 0.9, weightDecay: 1e-4 },
    encoder: { use: options.encoder, ...(options.encoder === "resnet50" ? { stem: "imagenet" } : {}) },
  };
}
