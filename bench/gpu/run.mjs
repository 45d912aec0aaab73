// `npm run test:gpu`: everything that can be asked of a GPU, in ten minutes, as one JSON to paste into an
// issue.
//
//   npm run test:gpu                     sets the GPU up, then checks it
//   npm run test:gpu -- --device cpu     a small form on the plugin of a CPU, which proves this script
//
// Where Python's jax for CUDA 13 is installed, its plugin and libraries are taken and nothing is downloaded.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { clearTimeout, setTimeout } from "node:timers";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { cacheFolder, keepGpuTest } from "@tssl/engine";
import { cpuPlugin } from "@tssl/engine/testing";

import { cudaDriver } from "../../packages/engine/dist/cuda-driver.js";
import { CUDA13, pluginFile } from "../../packages/engine/dist/pjrt/plugins.js";
import { gpuMachine } from "../../packages/engine/dist/setup/gpu-machine.js";
import { gpuRefusal } from "../../packages/engine/dist/setup/gpu-refusal.js";
import { stages } from "./stages.mjs";
import { verdict } from "./verdict.mjs";

const { values: options } = parseArgs({
  options: {
    device: { type: "string", default: "gpu" },
    out: { type: "string", default: "gpu-test.json" },
    only: { type: "string" },
  },
});
if (!["cpu", "gpu"].includes(options.device)) throw new Error("--device must be cpu or gpu.");

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), "tssl-gpu-test-"));
const began = performance.now();
const machine = gpuMachine();
const cards = cudaDriver()?.cards.length ?? 0;
try {
  const plugin = options.device === "cpu" ? await cpuPlugin() : gpuPlugin();
  if (plugin === undefined) throw new Error("There is no plugin to test.");
  const results = {};
  const all = stages(options.device, folder, cards);
  for (const stage of all) {
    if (options.only !== undefined && stage.name !== options.only) continue;
    results[stage.name] = await run(stage, plugin);
    console.log(`${stage.name}: ${verdict(stage, results[stage.name])}`);
  }
  const found = {
    date: new Date().toISOString(),
    device: options.device,
    plugin: plugin.replace(process.env.HOME ?? "//", "~"),
    node: process.version,
    machine,
    seconds: Math.round((performance.now() - began) / 1000),
    verdicts: Object.fromEntries(
      all.flatMap((stage) =>
        stage.name in results ? [[stage.name, verdict(stage, results[stage.name])]] : [],
      ),
    ),
    results,
  };
  writeFileSync(options.out, `${JSON.stringify(found, undefined, 1)}\n`);
  if (options.device === "gpu") keepGpuTest(found); // `tssl doctor --report` shows it
  console.log(`\nAll of it: ${options.out}, to paste into an issue.`);
  process.exitCode = Object.values(found.verdicts).some((text) => text.startsWith("FAILED")) ? 1 : 0;
} catch (error) {
  console.error(`Error: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The plugin of the set-up, of jax's packages, or of a set-up that is made now. */
function gpuPlugin() {
  const refused = gpuRefusal(machine);
  if (refused !== undefined) throw refused;
  const named = process.env.TSSL_PJRT_PLUGIN || jaxPlugin();
  if (named) return named;
  const setUp = path.join(root, "packages/engine/bin/tssl-engine-setup.js");
  const { status } = spawnSync(process.execPath, [setUp, "--gpu"], { stdio: "inherit" });
  if (status !== 0) throw new Error("The set-up failed; its last line says why.");
  const kept = path.join(cacheFolder(), "engine", `pjrt-cuda-${CUDA13.wheel.version}`);
  return pluginFile(kept, CUDA13);
}

/** The plugin in the packages of a Python with jax for CUDA 13. */
function jaxPlugin() {
  const find = "import sysconfig; print(sysconfig.get_paths()['purelib'])";
  const { stdout, status } = spawnSync(process.env.TSSL_PYTHON || "python3", ["-c", find], {
    encoding: "utf8",
  });
  const file = status === 0 ? pluginFile(stdout.trim(), CUDA13) : "";
  return existsSync(file) ? file : undefined;
}

/** Runs the programs of a stage one after another; what the last one printed. A stage never stops the others. */
async function run({ commands, seconds }, plugin) {
  const limit = performance.now() + 1000 * seconds;
  const answers = [];
  for (const { program = process.execPath, parameters, isKilled = false } of commands) {
    const milliseconds = limit - performance.now();
    const ended = await runProgram(program, parameters, { milliseconds, plugin });
    if (isKilled && ended.signal === "SIGKILL" && !ended.timedOut) continue;
    if (ended.exitCode !== 0) return { problem: problemOf(ended, seconds) };
    answers.push(JSON.parse(ended.output.trim().split("\n").at(-1)));
  }
  return answers.length === 1 ? answers[0] : answers;
}

function problemOf({ timedOut, signal, errors }, seconds) {
  if (timedOut) return `it did not end in ${seconds} seconds`;
  const lines = errors.trim().split("\n");
  const told = lines.find((line) => /error|fail/i.test(line)) ?? lines.at(-1) ?? "";
  return signal === null ? told : `it ended by ${signal}: ${told}`;
}

function runProgram(program, parameters, { milliseconds, plugin }) {
  return new Promise((resolve) => {
    const env = { ...process.env, TSSL_PJRT_PLUGIN: plugin };
    const child = spawn(program, parameters, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
    let [output, errors, timedOut] = ["", "", false];
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (errors += chunk));
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
    }, milliseconds);
    child.on("error", (error) =>
      resolve({ exitCode: 1, signal: null, timedOut, output, errors: error.message }),
    );
    child.on("close", (exitCode, signal) => {
      clearTimeout(timer);
      resolve({ exitCode, signal, timedOut, output, errors });
    });
  });
}
