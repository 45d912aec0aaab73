// Trains a config in tssl and in PyTorch, over several seeds, and prints both programs' kNN accuracies as a
// table.
//
//   node bench/agreement/run.mjs METHOD --data-train DIR --data-test DIR [--seeds 0,1,2]
//     [--python bench/.venv/bin/python] [--out DIR]
//
// METHOD is a key of PYTORCH_FLAGS: bench/methods/METHOD.yaml. Both folders have class folders. A run that
// has been made under --out already is not made again; one that was stopped goes on from its last checkpoint,
// in PyTorch from its last whole epoch.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** The configs in ../methods, said in the flags of pytorch/train.py. */
const PYTORCH_FLAGS = {
  moco: "--method moco --no-blur --ema 0.99 --queue 512 --in-batch-negatives",
  "moco-clsa":
    "--method moco --no-blur --ema 0.99 --queue 512 --in-batch-negatives --clsa --strong-size 16 " +
    "--strong-scale 0.1 0.5",
  simclr: "--method simclr --temperature 0.2 --color-strength 0.5",
  byol: "--method byol --lr 0.03 --dim 256 --hidden 1024 --ema 0.99",
  instdisc: "--method instdisc --lr 0.03 --temperature 0.1 --epochs 15 --eval-every 15",
  swav:
    "--method swav --lr 0.2 --temperature 0.1 --color-strength 0.5 --no-blur --hidden 128 --prototypes " +
    "128 --queue 256 --queue-from-epoch 1 " +
    "--small-crops 2 --small-scale 0.1 0.4",
  pcl: "--method pcl --no-blur --ema 0.99 --queue 512",
  infomin:
    "--method infomin --temperature 0.2 --ema 0.99 --queue 512 --in-batch-negatives --lr-warmup-epochs 1 " +
    "--minimum-scale 0.4 --strong-probability 0.1",
  supervised: "--method supervised --lr 0.1",
};
const COMMON_FLAGS = "--epochs 5 --batch-size 64 --eval-every 5";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    "data-train": { type: "string" },
    "data-test": { type: "string" },
    seeds: { type: "string", default: "0,1,2" },
    python: { type: "string", default: here("../.venv/bin/python") },
    out: { type: "string", default: "runs/agreement" },
  },
});
const [method] = positionals;
if (!(method in PYTORCH_FLAGS)) {
  throw new Error(`The method must be one of ${Object.keys(PYTORCH_FLAGS).join(", ")}, got ${method}.`);
}
const [train, test] = ["data-train", "data-test"].map((name) => path.resolve(options[name]));
const out = path.join(options.out, method);
mkdirSync(out, { recursive: true });

function command(program, args) {
  const { status } = spawnSync(program, args, { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`${[program, ...args].join(" ")} ended with ${status}`);
}

/** kNN accuracy before training and after it. */
function tssl(seed) {
  const folder = path.join(out, `tssl-${seed}`);
  const outcome = path.join(folder, "outcome.json");
  if (!existsSync(outcome) || JSON.parse(readFileSync(outcome, "utf8")).status !== "finished") {
    const set = { seed, "data.train": train, "data.test": test };
    const overrides = Object.entries(set).flatMap(([key, value]) => ["--set", `${key}=${value}`]);
    const config = here(`../methods/${method}.yaml`);
    const main = here("../../packages/cli/bin/tssl.cjs");
    const begun = existsSync(path.join(folder, "config.yaml"));
    const what = begun ? ["--resume", folder] : [config, "--out", folder, ...overrides];
    command(process.execPath, [main, "train", ...what]);
  }
  const lines = readFileSync(path.join(folder, "metrics.jsonl"), "utf8").trim().split("\n");
  const evaluations = lines.map((line) => JSON.parse(line).values.knn).filter((knn) => knn !== undefined);
  return { untrained: evaluations[0], trained: evaluations.at(-1) };
}

function pytorch(seed) {
  const file = path.join(out, `pytorch-${seed}.json`);
  if (!existsSync(file) || JSON.parse(readFileSync(file, "utf8")).evaluations.length < 2) {
    const kept = ["--json", file, "--checkpoint", path.join(out, `pytorch-${seed}.pt`)];
    const data = ["--data-train", train, "--data-test", test, "--seed", seed, ...kept];
    const flags = `${COMMON_FLAGS} ${PYTORCH_FLAGS[method]}`.split(" ");
    command(options.python, [here("../pytorch/train.py"), ...data, ...flags]);
  }
  const { evaluations } = JSON.parse(readFileSync(file, "utf8"));
  return { untrained: evaluations[0].knn, trained: evaluations.at(-1).knn };
}

const percent = (share) => (100 * share).toFixed(1);
const rows = options.seeds
  .split(",")
  .map((seed) => ({ seed, tssl: tssl(Number(seed)), pytorch: pytorch(Number(seed)) }));
const mean = (numbers) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
const deviation = (numbers) =>
  Math.sqrt(numbers.reduce((sum, x) => sum + (x - mean(numbers)) ** 2, 0) / (numbers.length - 1));

console.log("| seed | tssl: untrained | trained | PyTorch: untrained | trained |");
console.log("|---|---|---|---|---|");
const columns = [
  (row) => row.tssl.untrained,
  (row) => row.tssl.trained,
  (row) => row.pytorch.untrained,
  (row) => row.pytorch.trained,
];
for (const row of rows) {
  console.log(`| ${row.seed} | ${columns.map((column) => percent(column(row))).join(" | ")} |`);
}
const summary = columns.map((column) => {
  const numbers = rows.map(column);
  return `${percent(mean(numbers))} ± ${percent(deviation(numbers))}`;
});
console.log(`| mean ± deviation | ${summary.join(" | ")} |`);
