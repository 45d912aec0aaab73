// Images per second of augment-zoo and of torchvision with Pillow, in turns on the same processor, so that
// what else the machine does hits both. Prints a table; the last line is JSON.
//
//   npm run bench:augment -- FOLDER_OF_JPEGS [--rounds N] [--seconds N] [--python bench/.venv/bin/python]
//     [case …]
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { median } from "../step/median.mjs";
import { startServer } from "../step/server.mjs";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const cases = JSON.parse(readFileSync(here("cases.json"), "utf8"));

try {
  await main(parseCommandLine());
} catch (error) {
  console.error(`bench:augment: ${error.message}`);
  process.exit(1); // ends what it started, too
}

function parseCommandLine() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: "string", default: "7" },
      seconds: { type: "string", default: "3" },
      python: { type: "string", default: here("../.venv/bin/python") },
    },
  });
  const [folder, ...names] = positionals;
  if (folder === undefined || !existsSync(folder) || !readdirSync(folder).some((f) => /\.jpe?g$/i.test(f))) {
    throw new Error(
      `Name a folder of JPEGs, got ${folder ?? "nothing"}. ` +
        "bench/.venv/bin/python bench/augment/make_photos.py FOLDER makes one.",
    );
  }
  const unknown = names.find((name) => !(name in cases));
  if (unknown !== undefined) {
    throw new Error(`There is no case "${unknown}". Cases: ${Object.keys(cases).join(", ")}.`);
  }
  const { rounds, seconds } = values;
  for (const [name, text] of Object.entries({ rounds, seconds })) {
    if (!(Number(text) > 0)) throw new Error(`--${name} must be a number above 0, got "${text}".`);
  }
  return {
    folder,
    names: names.length > 0 ? names : Object.keys(cases),
    rounds: Number(rounds),
    seconds: Number(seconds),
    python: values.python,
  };
}

function requirePrograms(python) {
  if (!existsSync(here("../../packages/augment-zoo/dist/kernels.wasm")))
    throw new Error("tssl is not built: npm run build");
  const { error, status, stderr } = spawnSync(python, ["-c", "import torchvision"], { encoding: "utf8" });
  if (status === 0) return;
  const reason = error?.message ?? stderr.trim().split("\n").at(-1);
  throw new Error(
    `${python} cannot load torchvision (${reason}). Name one that can with --python, or make it: ` +
      "python3 -m venv bench/.venv && bench/.venv/bin/pip install -r bench/augment/requirements.txt",
  );
}

async function main({ folder, names, rounds, seconds, python }) {
  requirePrograms(python);
  const results = {};
  const versions = new Set();
  const rows = [];
  for (const name of names) {
    const workers = cases[name].workers ?? 1;
    const processors = Array.from({ length: workers }, (_, i) => i).join(",");
    const start = (command, script) =>
      startServer("taskset", ["-c", processors, command, here(script), name, folder]);
    const tssl = await start(process.execPath, "tssl-views.mjs");
    const reference = await start(python, "reference_views.py");
    versions.add(tssl.version).add(reference.version);
    const { own, others } = await takeTurns({ tssl, reference, rounds, seconds, name });
    await tssl.stop();
    await reference.stop();
    const ratios = own.map((speed, i) => speed / others[i]);
    results[name] = {
      img_per_s: rounded(median(own), 1),
      reference_img_per_s: rounded(median(others), 1),
      ratio: rounded(median(ratios), 2),
      ratio_range: [rounded(Math.min(...ratios), 2), rounded(Math.max(...ratios), 2)],
    };
    rows.push([name, workers, ...Object.values(results[name]).map(String)]);
  }
  console.log(`${cpus()[0].model}, ${[...versions].join(", ")}, ${rounds} rounds in turns.\n`);
  for (const cells of [
    ["case", "processors", "tssl, images/s", "reference, images/s", "ratio", "range"],
    ["---", "---", "---", "---", "---", "---"],
    ...rows,
  ]) {
    console.log(`| ${cells.join(" | ")} |`);
  }
  console.log(`\n${JSON.stringify(results)}`);
  process.exit();
}

/** Turns of about `seconds` each, in opposite order every other round; images per second of each round. */
async function takeTurns({ tssl, reference, rounds, seconds, name }) {
  const own = [];
  const others = [];
  const length = async (server) => {
    const { seconds: spent } = await server.measure(64);
    return 32 * Math.max(1, Math.round((seconds * 2) / spent));
  };
  const sides = [
    [tssl, own, await length(tssl)],
    [reference, others, await length(reference)],
  ];
  for (let round = 0; round < rounds; round++) {
    process.stderr.write(`${name}: round ${round + 1} of ${rounds}\n`);
    for (const [server, speeds, count] of round % 2 === 0 ? sides : sides.toReversed()) {
      speeds.push(count / (await server.measure(count)).seconds);
    }
  }
  return { own, others };
}

function rounded(x, digits) {
  return Number(x.toFixed(digits));
}
