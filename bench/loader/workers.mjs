// What more workers bring: images per second with 1, 2, 4 and 8 of them, beside PyTorch's DataLoader with as
// many, in turns. Once with files that give an image 20 ms after they are opened, once with JPEGs, whose
// decoding needs the processors; and what the main thread does for each image. Prints tables; the last line
// is JSON.
//
//   node bench/loader/workers.mjs FOLDER_OF_JPEGS [--rounds N] [--python bench/.venv/bin/python]
//     [--workers 1,2,4,8]
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { median } from "../step/median.mjs";
import { startServer } from "../step/server.mjs";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const IMAGE = here("../../packages/core/fixtures/images/flower-0.jpg");
const BATCH = 32;
const SLOW_FILES = 8 * 2 * BATCH;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "3" },
    python: { type: "string", default: here("../.venv/bin/python") },
    workers: { type: "string", default: "1,2,4,8" },
  },
});
const [photos] = positionals;
if (photos === undefined) {
  console.error("bench:workers: name a folder of JPEGs; bench/augment/make_photos.py makes one.");
  process.exit(2);
}
const rounds = Number(values.rounds);
const counts = values.workers.split(",").map(Number);

const folder = mkdtempSync(path.join(tmpdir(), "tssl-bench-workers-"));
try {
  const [slow, small] = [copies("slow-files", SLOW_FILES), copies("small", 1000)];
  const slowly = [`LD_PRELOAD=${slowOpen()}`, `SLOW_OPEN=${slow}`, "SLOW_OPEN_MS=20"];
  const results = {
    slow: await compare("slow files", slow, 64, (workers) => 6 * BATCH * workers, slowly),
    jpegs: await compare("JPEGs", photos, 224, () => 20 * BATCH),
    main: await measureMainThread(small),
  };
  print(results);
} finally {
  rmSync(folder, { recursive: true });
}
process.exit();

/** A folder with so many copies of one small image. */
function copies(name, count) {
  const files = path.join(folder, name);
  mkdirSync(files);
  for (let i = 0; i < count; i++) copyFileSync(IMAGE, path.join(files, `${i}.jpg`));
  return files;
}

/** The library with which opening a file waits. */
function slowOpen() {
  const library = path.join(folder, "slow-open.so");
  const source = here("../../packages/augment-zoo/fixtures/slow-open.cc");
  execFileSync(process.env.CXX ?? "c++", ["-shared", "-fPIC", "-o", library, source, "-ldl", "-pthread"]);
  return library;
}

function startLoader(source, { workers, batch, size, cacheMegabytes, environment = [] }) {
  const numbers = [workers, batch, size, cacheMegabytes].map(String);
  const variables = [`UV_THREADPOOL_SIZE=${2 * workers + 4}`, ...environment];
  return startServer("env", [...variables, process.execPath, here("one-loader.mjs"), source, ...numbers]);
}

/** Images per second of both sides with each number of workers, and the threads of our process. */
async function compare(title, source, size, imagesFor, environment = []) {
  const rows = [];
  for (const workers of counts) {
    const tssl = await startLoader(source, { workers, batch: BATCH, size, cacheMegabytes: 0, environment });
    const args = [here("dataloader.py"), source, workers, BATCH, size].map(String);
    const reference = await startServer("env", [...environment, values.python, ...args]);
    const speeds = [[], []];
    let threads = 0;
    for (let round = 0; round < rounds; round++) {
      process.stderr.write(`${title}, ${workers} workers: round ${round + 1} of ${rounds}\n`);
      const sides = [tssl, reference].entries();
      for (const [side, server] of round % 2 === 0 ? [...sides] : [...sides].reverse()) {
        const answer = await server.measure(imagesFor(workers));
        speeds[side].push(imagesFor(workers) / answer.seconds);
        threads = Math.max(threads, answer.threads ?? 0);
      }
    }
    await tssl.stop();
    await reference.stop();
    const ratios = speeds[0].map((speed, i) => speed / speeds[1][i]);
    rows.push({ workers, threads, tssl: median(speeds[0]), reference: median(speeds[1]), ratio: median(ratios), range: [Math.min(...ratios), Math.max(...ratios)] }); // prettier-ignore
  }
  return rows;
}

/**
 * Microseconds of the main thread on a processor for each of 100,000 small images that are kept in memory.
 */
async function measureMainThread(small) {
  const rows = [];
  for (const [workers, batch] of [
    [2, 256],
    [8, 256],
    [8, 32],
    [16, 256],
  ]) {
    // prettier-ignore
    process.stderr.write(`main thread, ${workers} workers, batches of ${batch}\n`);
    const server = await startLoader(small, { workers, batch, size: 8, cacheMegabytes: 512 });
    await server.measure(20_000); // all images are in memory now, and the code is compiled
    const { main, threads } = await server.measure(100_000);
    await server.stop();
    rows.push({ workers, batch, threads, microseconds: (1000 * main) / 100_000 });
  }
  return rows;
}

function print({ slow, jpegs, main }) {
  console.log(
    `${cpus()[0].model}, ${cpus().length} cores, Node ${process.versions.node}, ${rounds} rounds in turns.`,
  );
  for (const [title, rows] of Object.entries({ "files that take 20 ms": slow, JPEGs: jpegs })) {
    console.log(`\n${title}\n\n| workers | threads | tssl, images/s | of one worker | DataLoader, images/s | of one worker | ratio | range |`); // prettier-ignore
    console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for (const { workers, threads, tssl, reference, ratio, range } of rows) {
      const cells = [workers, threads, tssl.toFixed(1), (tssl / rows[0].tssl).toFixed(2), reference.toFixed(1), (reference / rows[0].reference).toFixed(2), ratio.toFixed(2), range.map((x) => x.toFixed(2)).join("–")]; // prettier-ignore
      console.log(`| ${cells.join(" | ")} |`);
    }
  }
  console.log("\n| workers | batch | threads | main thread, µs per image |\n| --- | --- | --- | --- |");
  for (const { workers, batch, threads, microseconds } of main)
    console.log(`| ${workers} | ${batch} | ${threads} | ${microseconds.toFixed(1)} |`);
  console.log(`\n${JSON.stringify({ slow, jpegs, main })}`);
}
