// Measures training steps of tssl and of PyTorch in turns, so that what else the machine does hits both, and
// prints tables; the last line is JSON.
//
//   npm run bench:step -- [--quick] [--rounds N] [--steps N] [--threads N] [--python bench/.venv/bin/python]
//     [case …]
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { measureCase } from "./measure-case.mjs";
import {
  bestOfEach,
  caseNotes,
  comparisonCells,
  comparisonTitles,
  header,
  row,
  speedCells,
  summary,
} from "./report.mjs";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const { settings, cases } = JSON.parse(readFileSync(here("cases.json"), "utf8"));

const VARIANTS = {
  tssl: ["graph", "eager", "xla"],
  pytorch: [
    "channels_last",
    "channels_last+malloc",
    "contiguous",
    "channels_last+compile",
    "channels_last+compile+malloc",
  ],
};
const FULL = { variants: VARIANTS, probeSteps: 3, keep: 2, rounds: 7, turnSeconds: 3 };
/** Without what takes a minute to get warm, and without tssl's eager mode, which is the slower one. */
const QUICK = {
  variants: { tssl: ["graph"], pytorch: ["channels_last", "channels_last+malloc", "contiguous"] },
  probeSteps: 1,
  keep: 1,
  rounds: 3,
  turnSeconds: 1,
  /** What is fastest with MoCo is so with CLSA on the same network. */
  probeNetworksOnce: true,
};

try {
  await main(parseCommandLine());
} catch (error) {
  console.error(`bench:step: ${error.message}`);
  process.exit(1); // ends what it started, too
}

function parseCommandLine() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      rounds: { type: "string" },
      steps: { type: "string" },
      threads: { type: "string", default: String(availableParallelism()) },
      python: { type: "string", default: here("../.venv/bin/python") },
    },
  });
  const plan = { ...(values.quick ? QUICK : FULL) };
  for (const name of ["rounds", "steps"]) {
    if (values[name] !== undefined) plan[name] = wholeNumber(`--${name}`, values[name]);
  }
  const names = positionals.length > 0 ? positionals : Object.keys(cases);
  const unknown = names.find((name) => !(name in cases));
  if (unknown !== undefined) {
    throw new Error(`There is no case "${unknown}". Cases: ${Object.keys(cases).join(", ")}.`);
  }
  return { names, plan, threads: wholeNumber("--threads", values.threads), python: values.python };
}

function wholeNumber(option, text) {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`${option} must be a whole number from 1 on, got "${text}".`);
}

function requireBuild() {
  if (!existsSync(here("../../packages/core/dist/index.js")))
    throw new Error("tssl is not built: npm run build");
}

function requirePyTorch(python) {
  const { error, status, stderr } = spawnSync(python, ["-c", "import torch"], { encoding: "utf8" });
  if (status === 0) return;
  const reason = error?.message ?? stderr.trim().split("\n").at(-1);
  throw new Error(
    `${python} cannot load PyTorch (${reason}). Name one that can with --python, or make it: ` +
      "python3 -m venv bench/.venv && bench/.venv/bin/pip install -r bench/pytorch/requirements.txt",
  );
}

async function main({ names, plan, threads, python }) {
  requireBuild();
  requirePyTorch(python);
  const programs = {
    tssl: [process.execPath, here("tssl-step.mjs")],
    pytorch: [python, here("pytorch_step.py")],
  };
  const variantsOf = (program, name, variants) =>
    variants.map((variant) => {
      const [command, script] = programs[program];
      const args = [script, "--case", name, "--variant", variant, "--threads", String(threads)];
      return { program, variant, command, args };
    });

  console.log(conditions(threads));
  console.log(`\n${header(comparisonTitles(VARIANTS.tssl))}`);
  const measured = {};
  const fastest = {}; // by network, where it is probed once
  for (const name of names) {
    const { encoder, batch } = cases[name];
    const candidates = fastest[encoder] ?? plan.variants;
    const results = await measureCase({
      variants: alternating(...Object.keys(programs).map((each) => variantsOf(each, name, candidates[each]))),
      batch,
      plan,
      onProgress: (text) => process.stderr.write(`${name}: ${text}\n`),
    });
    measured[name] = results;
    if (plan.probeNetworksOnce) {
      const { tssl, pytorch } = bestOfEach(results);
      fastest[encoder] = { tssl: [tssl.variant], pytorch: [pytorch.variant] };
    }
    console.log(row(comparisonCells(name, cases[name], VARIANTS.tssl, results)));
  }

  console.log(`\n${header(["PyTorch", ...VARIANTS.pytorch])}`);
  for (const [name, results] of Object.entries(measured)) {
    console.log(row([name, ...speedCells("pytorch", VARIANTS.pytorch, results)]));
  }
  console.log(`\n${notes(measured).join("\n")}\n`);
  console.log(
    JSON.stringify(Object.fromEntries(Object.entries(measured).map(([name, each]) => [name, summary(each)]))),
  );
}

function conditions(threads) {
  const { queue, dim } = settings;
  return [
    `${cpus()[0].model}, ${threads} threads each, float32. One step: query forward and backward, with ` +
      "CLSA a strong view's too,",
    `key forward, SGD with momentum and weight decay, moving average, queue of ${queue}; MLP head, ` +
      `${dim} numbers out; views come as bytes.`,
  ].join("\n");
}

function notes(measured) {
  const versions = new Set(
    Object.values(measured).flatMap((results) => results.flatMap(({ version }) => version ?? [])),
  );
  return [
    "Images per second: median over rounds (range); ~ is a probe of single steps before the rounds. " +
      `Ratio: of the medians (range within a round). ${[...versions].join(", ")}.`,
    "Peak: resident memory of a process that runs one variant, from its start, with what compiles; in " +
      "brackets since the warm-up.",
    ...Object.entries(measured).flatMap(([name, results]) => caseNotes(name, results)),
  ];
}

/** One of each list, then the next of each: tssl, PyTorch, tssl, PyTorch, … */
function alternating(...lists) {
  const longest = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list.slice(i, i + 1))).flat();
}
