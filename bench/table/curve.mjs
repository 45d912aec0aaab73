// Makes a row's curve receipt of run folders and of the JSON files of pytorch/train.py for the same config.
//
//   node bench/table/curve.mjs ROW --preset NAME --data TEXT --commit COMMIT --runs DIR [--runs DIR …]
//     [--pytorch FILE …]
//
// DIR is the folder of a finished run of the preset, one for each seed; FILE what train.py --json wrote. TEXT
// says in words what the images are. COMMIT is that of the runs. Afterwards the preset takes its first steps
// on the bundled images, eagerly and as a graph: what tssl reproduce computes again, and how far rounding
// takes it.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { contentIn, counted, readConfigText, readKeptImages } from "@tssl/core/internal";
import { configFileOf, readOutcome, readRunRecord } from "@tssl/core/run";
import { decideTheSame, decidingValues, readComparedRun, valuesHash } from "@tssl/report";

import { miniatureLosses } from "../../packages/cli/dist/miniature.js";
import { presetConfig } from "../../packages/cli/dist/preset-config.js";
import { presetNames } from "../../packages/cli/dist/presets.js";
import { commitOf, rowNamed, writeReceipt } from "./measured.mjs";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    preset: { type: "string" },
    data: { type: "string" },
    commit: { type: "string" },
    runs: { type: "string", multiple: true },
    pytorch: { type: "string", multiple: true, default: [] },
  },
});
const [row, ...more] = positionals;
if (more.length > 0)
  throw new Error(`One row is made at a time. For ${more[0]} write --runs or --pytorch again.`);
await rowNamed(row);
for (const name of ["preset", "data", "commit", "runs"]) {
  if (options[name] === undefined) throw new Error(`--${name} must be given.`);
}

const preset = presetNames.find((name) => name === options.preset);
if (preset === undefined) throw new Error(`--preset must be one of ${presetNames.join(", ")}.`);

const points = (epochs, values) => epochs.map((epoch, i) => ({ epoch: Math.round(epoch), value: values[i] }));

async function readRun(folder) {
  const outcome = await readOutcome(folder);
  if (outcome?.status !== "finished") throw new Error(`${folder} holds no finished run.`);
  const record = await readRunRecord(folder);
  const { curves } = await readComparedRun(folder, "", Number(record.environment.seed));
  return {
    values: decidingValues(contentIn(await readConfigText(folder), configFileOf(folder))),
    images: (await readKeptImages(folder)).digests,
    environment: record.environment,
    savedAt: record.savedAt,
    curve: {
      seed: Number(record.environment.seed),
      knn: points(curves.knn.epochs, curves.knn.values),
      loss: points(curves.loss.epochs, curves.loss.values),
    },
  };
}

/** Losses are sums of a method's terms, weighted as in the loss. */
function readPyTorch(file) {
  const { settings, versions, evaluations, epochs } = JSON.parse(readFileSync(file, "utf8"));
  const loss = epochs.map(({ epoch, terms }) => ({
    epoch,
    value: Object.values(terms).reduce((sum, term) => sum + term, 0),
  }));
  const knn = evaluations.map(({ epoch, knn }) => ({ epoch, value: knn }));
  return { versions, epochs: settings.epochs, curve: { seed: settings.seed, knn, loss } };
}

const runs = await Promise.all(options.runs.map(readRun));
const { values, images, environment } = runs[0];
const { config, sources } = await presetConfig(preset);
for (const [i, run] of runs.entries()) {
  if (!decideTheSame(decidingValues(config.resolved), run.values, (path) => sources[path] === "default")) {
    throw new Error(`${options.runs[i]} is no run of ${preset}: its config has other values.`);
  }
  if (valuesHash(run.images) !== valuesHash(images)) throw new Error(`${options.runs[i]} has other images.`);
}
const pytorch = options.pytorch.map(readPyTorch);
const unfinished = pytorch.findIndex(({ curve, epochs }) => curve.loss.at(-1)?.epoch !== epochs);
if (unfinished >= 0) throw new Error(`${options.pytorch[unfinished]} is not finished.`);

const graph = await miniatureLosses(preset);
const eager = await miniatureLosses(preset, "eager");
const rounding = graph.map((loss, i) => Math.abs(eager[i] - loss) / Math.abs(loss));

await writeReceipt(row, "curve", {
  configHash: valuesHash(values),
  seeds: runs.map(({ curve }) => curve.seed),
  versions: {
    tssl: String(environment.tssl),
    TensorFlow: String(environment.TensorFlow),
    "Node.js": String(environment["Node.js"]),
    ...(pytorch.length === 0 ? {} : { PyTorch: pytorch[0].versions.torch }),
  },
  hardware: `${environment["device name"]}, ${counted(Number(environment.cores), "core")}`,
  command: `tssl train config.yaml --set seed=${runs[0].curve.seed}, which extends ${preset}`,
  commit: commitOf(options.commit),
  measuredAt: runs
    .map(({ savedAt }) => savedAt)
    .sort()
    .at(-1),
  preset,
  data: options.data,
  images,
  config: values,
  tssl: runs.map(({ curve }) => curve),
  pytorch: pytorch.map(({ curve }) => curve),
  miniature: graph,
  // Another processor rounds as differently as another order of sums does: ten times that, no less than 1e-4.
  tolerance: rounding.map((difference) => Math.max(1e-4, 10 * difference)),
});
process.exit();
