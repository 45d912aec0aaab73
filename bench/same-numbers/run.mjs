// Trains 21 steps of every composition of packages/cli/src/compositions.test.data.ts in each engine mode,
// with the build of this checkout or of another, and writes down every logged number and a digest of each
// checkpoint. With --with it also says what differs.
//
//   node bench/same-numbers/run.mjs --out before.json --checkout ../before
//   node bench/same-numbers/run.mjs --out after.json --with before.json
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const here = fileURLToPath(new URL("../..", import.meta.url));
const { values: options } = parseArgs({
  options: {
    checkout: { type: "string", default: here },
    modes: { type: "string", default: "eager,graph,xla" },
    /** Only compositions whose name begins so. */
    only: { type: "string", default: "" },
    out: { type: "string" },
    with: { type: "string" },
  },
});

const cli = path.join(path.resolve(options.checkout), "packages/cli/dist");
const load = (file) => import(pathToFileURL(path.join(cli, file)).href);
const { compositions, smallRun } = await load("compositions.test.data.js");
const { copyTrainAndTest } = await load("few-images.test.data.js");

const folder = mkdtempSync(path.join(tmpdir(), "tssl-same-numbers-"));
const numbers = {};
try {
  const data = await copyTrainAndTest(folder);
  for (const { name, config } of compositions.filter((each) => each.name.startsWith(options.only))) {
    for (const mode of options.modes.split(",")) {
      const run = path.join(folder, `run-${Object.keys(numbers).length}`);
      const whole = {
        ...smallRun(data, { use: "resnet20" }),
        epochs: 7,
        engine: { mode },
        checkpoint: { everySteps: 10, keep: 9 },
        ...config,
      };
      mkdirSync(run);
      const file = path.join(folder, "config.json");
      writeFileSync(file, JSON.stringify(whole));
      const { status, stderr } = spawnSync(
        process.execPath,
        [path.join(cli, "main.js"), "train", file, "--out", run],
        { encoding: "utf8" },
      );
      if (status !== 0) throw new Error(`${name} in mode ${mode}: ${stderr}`);
      numbers[`${name} (${mode})`] = numbersOf(run);
      console.error(`${name} (${mode})`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (options.out !== undefined) writeFileSync(options.out, JSON.stringify(numbers));
if (options.with !== undefined) compare(JSON.parse(readFileSync(options.with, "utf8")), numbers);

/** Every logged number of a run but its speed, and the digest of each checkpoint's values. */
function numbersOf(run) {
  const rows = readFileSync(path.join(run, "metrics.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  for (const { values } of rows) delete values.imagesPerSecond;
  const checkpoints = path.join(run, "checkpoints");
  const digests = readdirSync(checkpoints)
    .filter((file) => file.endsWith(".safetensors"))
    .map((file) => [
      file,
      createHash("sha256")
        .update(readFileSync(path.join(checkpoints, file)))
        .digest("hex"),
    ]);
  return { rows, checkpoints: Object.fromEntries(digests) };
}

/** Prints, for each run of both, whether it gave the same numbers, and where they part first. */
function compare(before, after) {
  let different = 0;
  for (const [name, now] of Object.entries(after)) {
    const then = before[name];
    const found = then === undefined ? "was not there before" : firstDifference(then, now);
    if (found !== undefined && then !== undefined) different++;
    console.log(`${name}: ${found ?? "the same"}`);
  }
  process.exitCode = different === 0 ? 0 : 1;
}

function firstDifference(then, now) {
  for (const [i, row] of then.rows.entries()) {
    const names = new Set([...Object.keys(row.values), ...Object.keys(now.rows[i]?.values ?? {})]);
    for (const name of names) {
      const [a, b] = [row.values[name], now.rows[i]?.values[name]];
      if (!Object.is(a, b)) return `step ${row.step}: ${name} was ${a}, is ${b}`;
    }
    if (JSON.stringify(row.cosines) !== JSON.stringify(now.rows[i].cosines))
      return `step ${row.step}: cosines`;
  }
  const files = Object.keys(then.checkpoints).filter(
    (file) => then.checkpoints[file] !== now.checkpoints[file],
  );
  return files.length === 0 ? undefined : `other values in ${files.join(", ")}`;
}
