// K-means of tssl, faiss and scikit-learn on the same rows from the same start, in turns, so that what else
// the machine does hits all of them. Prints a table; the last line is JSON.
//
//   node bench/kmeans/run.mjs [--count 50000] [--dim 128] [--clusters 1000] [--iterations 20] [--rounds 3]
//     [--threads 2] [--python bench/.venv/bin/python]
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { randomStream } from "@tssl/augment-zoo";
import { kmeans } from "@tssl/core/clustering";
import { startEngine } from "@tssl/engine";

const defaults = {
  count: "50000",
  dim: "128",
  clusters: "1000",
  iterations: "20",
  rounds: "3",
  threads: "2",
};
const { values } = parseArgs({
  options: {
    ...Object.fromEntries(
      Object.entries(defaults).map(([name, value]) => [name, { type: "string", default: value }]),
    ),
    python: { type: "string", default: "bench/.venv/bin/python" },
  },
});
const [count, dim, clusters, iterations, rounds, threads] = Object.keys(defaults).map((name) =>
  Number(values[name]),
);
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

await startEngine({ device: "cpu", threads });
const points = { count, dim, values: embeddings() };
const start = points.values.slice(0, clusters * dim);
const folder = mkdtempSync(path.join(tmpdir(), "tssl-kmeans-"));
try {
  const file = path.join(folder, "points.f32");
  writeFileSync(file, new Uint8Array(points.values.buffer));
  const programs = {
    tssl: byTssl,
    faiss: () => byPython("faiss", file),
    "scikit-learn": () => byPython("sklearn", file),
  };
  const found = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(programs)) found[name].push(await run());
  }
  print(found);
} finally {
  rmSync(folder, { recursive: true });
}

/** Rows of length 1 around three directions for each cluster that is asked for: some crowded, some not. */
function embeddings() {
  const random = randomStream(1, "bench kmeans");
  const directions = Float32Array.from({ length: 3 * clusters * dim }, () => random.normal());
  const rows = new Float32Array(count * dim);
  for (let i = 0; i < count; i++) {
    const near = Math.floor(random.uniform() ** 2 * 3 * clusters) * dim;
    const row = Float64Array.from({ length: dim }, (_, j) => directions[near + j] + 0.7 * random.normal());
    const length = Math.hypot(...row);
    for (let j = 0; j < dim; j++) rows[i * dim + j] = row[j] / length;
  }
  return rows;
}

async function byTssl() {
  const from = performance.now();
  const { objective } = await kmeans(points, { clusters, iterations, random: randomStream(1), start });
  return { seconds: (performance.now() - from) / 1000, objective };
}

function byPython(program, file) {
  const script = fileURLToPath(new URL("kmeans.py", import.meta.url));
  const numbers = [count, dim, clusters, iterations, threads].map(String);
  const { stdout, status } = spawnSync(values.python, [script, program, file, ...numbers], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads) },
  });
  if (status !== 0) throw new Error(`${script} failed`);
  return JSON.parse(stdout);
}

function print(found) {
  const { objective } = found.faiss[0];
  const seconds = Object.fromEntries(
    Object.entries(found).map(([name, runs]) => [name, median(runs.map((run) => run.seconds))]),
  );
  console.log(
    `${cpus()[0].model}, ${threads} threads; ${count} x ${dim}, k = ${clusters}, ${iterations} iterations\n`,
  );
  console.log("| program | seconds, median | each | times faiss's | objective, of faiss's |");
  console.log("| --- | --- | --- | --- | --- |");
  for (const [name, runs] of Object.entries(found)) {
    const each = runs.map((run) => run.seconds.toFixed(1)).join(", ");
    const ratio = (seconds[name] / seconds.faiss).toFixed(2);
    console.log(
      `| ${name} | ${seconds[name].toFixed(1)} | ${each} | ${ratio} | ${(runs[0].objective / objective).toFixed(6)} |`,
    );
  }
  console.log(JSON.stringify({ count, dim, clusters, iterations, threads, found }));
}
