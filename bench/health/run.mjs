// Trains small runs that are well and runs that are made ill, and prints what `tssl inspect` finds in each.
//
//   node bench/health/run.mjs [--images FOLDER] [--out runs/health] [--cases unseen-cases.json]
//     [--only NAME,…] [--histories packages/core/fixtures/health-runs.json]
//
// On the first images of each class in FOLDER (a folder for each class), the bundled subset of CIFAR-10 where
// none is named; kNN, which no alarm rests on, on those that follow. A run that is under --out already is not
// made again. --histories writes what the runs logged, every fifth row of it, for the tests of core.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { metricsFileOf, readMetrics } from "@tssl/core/run";
import { readRecordedRun, recordedRunData } from "@tssl/report";
import { cifar10Subset } from "@tssl/demo-data";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const { values: options } = parseArgs({
  options: {
    images: { type: "string" },
    out: { type: "string", default: "runs/health" },
    cases: { type: "string", default: "cases.json" },
    only: { type: "string" },
    histories: { type: "string" },
  },
});
const IMAGES_PER_CLASS = 160;
const TEST_IMAGES_PER_CLASS = 100;
const ROWS_APART = 5;
const main = here("../../packages/cli/bin/tssl.cjs");
const { base, ...groups } = JSON.parse(readFileSync(here(options.cases), "utf8"));
const folder = path.resolve(options.images ?? (await cifar10Subset()).train);
const out = path.resolve(options.out);
mkdirSync(out, { recursive: true });

/** A list of images, of every class those from one place on. */
function imageList(from, count) {
  const file = path.join(out, `images-${from}-${from + count}.txt`);
  const lines = readdirSync(folder).flatMap((name) =>
    readdirSync(path.join(folder, name))
      .sort()
      .slice(from, from + count)
      .map((image) => path.join(folder, name, image)),
  );
  writeFileSync(file, lines.join("\n"));
  return file;
}

/** The folder of a run that has ended; undefined where it did not start. */
function trained(name, { optimizer, plugins, imagesPerClass = IMAGES_PER_CLASS, ...changes }) {
  const run = path.join(out, name);
  if (existsSync(path.join(run, "outcome.json"))) return run;
  const config = {
    ...base,
    ...changes,
    name,
    data: {
      train: imageList(0, imagesPerClass),
      test: imageList(imagesPerClass, TEST_IMAGES_PER_CLASS),
      workers: 1,
    },
    plugins: plugins.map(({ use, ...rest }) => ({ use: use.startsWith("./") ? here(use) : use, ...rest })),
    optimizer: optimizer?.use === undefined ? { ...base.optimizer, ...optimizer } : optimizer,
  };
  const file = path.join(out, `${name}.json`);
  writeFileSync(file, JSON.stringify(config));
  const { stderr } = spawnSync(process.execPath, [main, "train", file, "--out", run], {
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
  });
  if (existsSync(path.join(run, "outcome.json"))) return run;
  process.stderr.write(`${name} did not end:\n${stderr}\n`);
  return undefined;
}

const LOGGED = ["spread", "rank", "alignment", "positive", "negative"].map((name) => `embedding/${name}`);

/**
 * What the health of a run is read from, as columns, to four digits; of the weights' norm small changes
 * count.
 */
async function historyOf(run, { record }, group) {
  const { chanceLevels, queueSteps } = record.history;
  const rows = [];
  for await (const row of readMetrics(metricsFileOf(run))) {
    if ("loss" in row.values && (row.step - 1) % ROWS_APART === 0) rows.push(row);
  }
  const names = ["loss", ...Object.keys(chanceLevels), "gradientNorm", "weightNorm", "lr", ...LOGGED];
  const digits = (name) => (name === "weightNorm" ? 8 : 4);
  const columns = Object.fromEntries(
    names.map((name) => [name, rows.map(({ values }) => Number(values[name].toPrecision(digits(name))))]),
  );
  return { group, chanceLevels, queueSteps, columns: { step: rows.map(({ step }) => step), ...columns } };
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;

const only = options.only?.split(",");
const histories = {};
console.log("| run | made | steps | kNN before → after | first finding |");
console.log("| --- | --- | ---: | ---: | --- |");
for (const [group, cases] of Object.entries(groups)) {
  for (const [name, changes] of Object.entries(cases)) {
    if (only !== undefined && !only.includes(name)) continue;
    const run = trained(name, changes);
    if (run === undefined) continue;
    const recorded = await readRecordedRun(run);
    const { knn, health } = recordedRunData(recorded);
    const [{ level, sentence }] = health.findings;
    const cells = [
      name,
      group,
      health.step,
      `${percent(knn.untrained)} → ${percent(knn.points.at(-1).accuracy)}`,
      `**${level}** ${sentence}`,
    ];
    console.log(`| ${cells.join(" | ")} |`);
    histories[name] = await historyOf(run, recorded, group);
  }
}
if (options.histories !== undefined) {
  const command = `node bench/health/run.mjs --cases ${options.cases} --histories ${options.histories}`;
  const lines = Object.entries(histories).map(
    ([name, run]) => `    ${JSON.stringify(name)}: ${JSON.stringify(run)}`,
  );
  writeFileSync(
    options.histories,
    `{\n  "command": ${JSON.stringify(command)},\n  "runs": {\n${lines.join(",\n")}\n  }\n}\n`,
  );
}
