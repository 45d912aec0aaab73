// Makes a run of 1.2 million logged steps, and tells the time and memory of everything that reads its log.
//
//   node bench/long-log/run.mjs [--steps 1200000] [--out runs/long-log]
//
// Four steps are trained; their rows are written again and again through the writer of training, with the
// numbers of later steps, and the checkpoint says that it was saved after the last of them. Then the run goes
// on for two steps, and is inspected, reported and watched, each in a process of its own.
import { spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

import { openMetricsLog, writeRunRecord } from "@tssl/core/internal";
import { folderCheckpoints, metricsFileOf, readMetrics, readRunRecord } from "@tssl/core/run";
import { cifar10Subset } from "@tssl/demo-data";

const { values: options } = parseArgs({
  options: {
    steps: { type: "string", default: "1200000" },
    out: { type: "string", default: "runs/long-log" },
  },
});
const steps = Number(options.steps);
const run = path.resolve(options.out);
const main = fileURLToPath(new URL("../../packages/cli/bin/tssl.cjs", import.meta.url));
const scratch = mkdtempSync(path.join(tmpdir(), "tssl-long-log-"));

const STEPS_PER_EPOCH = 2;
const BATCH = 16;

function trainFourSteps() {
  const { train } = subset;
  const images = readdirSync(train, { recursive: true, encoding: "utf8" }).filter(
    (name) => path.extname(name) !== "",
  );
  const list = path.join(scratch, "images.txt");
  const chosen = images.sort().slice(0, STEPS_PER_EPOCH * BATCH);
  writeFileSync(list, chosen.map((name) => path.join(train, name)).join("\n"));
  const config = path.join(scratch, "config.json");
  writeFileSync(
    config,
    JSON.stringify({
      name: "long log",
      data: { train: list, workers: 1 },
      imageSize: 32,
      epochs: 2,
      batchSize: BATCH,
      encoder: { use: "resnet20", widths: [4, 4, 8] },
      plugins: [{ use: "moco", queueSize: 32, dim: 16 }, { use: "clsa" }],
      optimizer: { use: "sgd", lr: 0.01 },
      health: { everySteps: 2 },
      engine: { mode: "eager" },
    }),
  );
  rmSync(run, { recursive: true, force: true });
  mkdirSync(path.dirname(run), { recursive: true });
  const { status, stderr } = spawnSync(process.execPath, [main, "train", config, "--out", run], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
}

/** Writes rows of later steps, as training does. @returns seconds. */
async function replayRows() {
  const file = metricsFileOf(run);
  const rows = [];
  for await (const row of readMetrics(file)) rows.push(row);
  const begun = performance.now();
  const log = await openMetricsLog(file, { keep: rows.length, onDiskFull: () => {} });
  for (let step = rows.length + 1; step <= steps; step++) {
    const { values, cosines } = rows[step % rows.length];
    const moved = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, value * (1 + Math.sin(step) / 100)]),
    );
    const probed = step % 50 === 0 && cosines !== undefined ? { cosines } : {};
    await log.append({ step, epoch: step / STEPS_PER_EPOCH, values: moved, ...probed });
  }
  await log.flush();
  await log.close();
  return (performance.now() - begun) / 1000;
}

/** Lets the run have taken these steps. */
async function moveCheckpoint() {
  const checkpoints = folderCheckpoints(path.join(run, "checkpoints"));
  const { facts, snapshot } = await checkpoints.newest(() => {});
  for (const { name } of await checkpoints.list()) await checkpoints.remove(name);
  const at = { step: steps, epoch: steps / STEPS_PER_EPOCH, metricsRows: steps };
  await checkpoints.save(`step-${String(steps).padStart(7, "0")}`, snapshot, { ...facts, ...at });
  const record = await readRunRecord(run);
  await writeRunRecord(run, { ...record, totalSteps: steps });
}

/** Preloaded into a command: writes at its end what the system counted. */
const meter = path.join(scratch, "meter.mjs");
const reading = path.join(scratch, "usage.json");
writeFileSync(
  meter,
  `import { writeFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";
if (isMainThread) process.on("exit", () => writeFileSync(${JSON.stringify(reading)}, JSON.stringify(process.resourceUsage())));
`,
);
const metered = { ...process.env, NODE_OPTIONS: `--import ${pathToFileURL(meter).href}` };

const MEBI = 2 ** 20;

/** Runs a command to its end; a row of the table. */
function measured(what, args) {
  const begun = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    encoding: "utf8",
    env: metered,
  });
  const seconds = (performance.now() - begun) / 1000;
  if (status !== 0) throw new Error(`${args.join(" ")}: ${stdout}${stderr}`);
  const { maxRSS, userCPUTime, systemCPUTime } = JSON.parse(readFileSync(reading, "utf8"));
  const work = (userCPUTime + systemCPUTime) / 1e6;
  return `| ${what} | ${seconds.toFixed(0)} s | ${work.toFixed(0)} s | ${(maxRSS / 1024).toFixed(0)} MiB |`;
}

/** Seconds of the processor that a process has had; Linux counts them in hundredths. */
function workOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Watches the run: until the page is there, and until a row that is written then reaches it. */
async function watched() {
  const begun = performance.now();
  const child = spawn(process.execPath, [main, "watch", run, "--port", "0"]);
  const since = () => `${((performance.now() - begun) / 1000).toFixed(0)} s`;
  const url = await new Promise((resolve, reject) => {
    child.stdout.on("data", (chunk) => {
      const found = /http:\S+/.exec(String(chunk));
      if (found !== null) resolve(found[0]);
    });
    child.stderr.on("data", (chunk) => reject(new Error(String(chunk))));
  });
  const page = await (await fetch(url)).text();
  const first = since();
  const work = workOf(child.pid);
  const events = (await fetch(new URL("events", url))).body.getReader();
  let heard = "";
  const hear = async (what) => {
    while (!heard.includes(what)) heard += Buffer.from((await events.read()).value).toString();
    heard = "";
  };
  await hear("\n\n");
  const sent = performance.now();
  const row = { step: steps + 10, epoch: steps / STEPS_PER_EPOCH + 5, values: { loss: 1 } };
  appendFileSync(metricsFileOf(run), `${JSON.stringify(row)}\n`);
  await hear(String(steps + 10)); // the last step of the curve
  const latency = (performance.now() - sent) / 1000;
  const most = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))[1]);
  child.kill("SIGINT");
  return [
    `| \`tssl watch\`, until its page is there (${(page.length / MEBI).toFixed(1)} MiB) | ${first} | ${work.toFixed(0)} s | ${(most / 1024).toFixed(0)} MiB |`,
    `| a new row reaches the page | ${latency.toFixed(1)} s | | |`,
  ].join("\n");
}

const subset = await cifar10Subset();
trainFourSteps();
const writing = await replayRows();
await moveCheckpoint();
console.log(
  `${steps.toLocaleString("en-US")} rows, ${(statSync(metricsFileOf(run)).size / MEBI).toFixed(0)} MiB, written in ${writing.toFixed(0)} s.\n`,
);
console.log("| what | time | work of the processor | most memory |\n| --- | ---: | ---: | ---: |");
const epochs = steps / STEPS_PER_EPOCH + 1;
console.log(
  measured("`tssl train --resume`, two more steps, with its report", [
    "train",
    "--resume",
    run,
    "--set",
    `epochs=${epochs}`,
  ]),
);
let rows = 0;
let last;
for await (const row of readMetrics(metricsFileOf(run))) [rows, last] = [rows + 1, row.step];
if (rows !== steps + 2 || last !== steps + 2) throw new Error(`${rows} rows, the last of step ${last}`);
console.log(measured("`tssl inspect`", ["inspect", run]));
console.log(measured("`tssl report`", ["report", run]));
console.log(await watched());
rmSync(scratch, { recursive: true });
