// One loader that is kept warm; workers.mjs starts it. Loads so many images as each line of stdin says, and
// answers with a line of JSON: seconds, processor milliseconds of the main thread, threads of the process.
//
//   echo 1000 | UV_THREADPOOL_SIZE=20 node bench/loader/one-loader.mjs FOLDER WORKERS BATCH SIZE
//   CACHE_MEGABYTES
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";

import { createViewLoader, mocoV2View } from "@tssl/augment-zoo";

const [folder, ...numbers] = process.argv.slice(2);
const [workers, batchSize, size, cacheMegabytes] = numbers.map(Number);
const files = readdirSync(folder)
  .sort()
  .map((file) => path.join(folder, file));
const loader = createViewLoader({
  files,
  views: { view: mocoV2View({ size }) },
  seed: 1,
  batchSize,
  workers,
  slots: 8,
  cacheMegabytes,
});

let next = 0;
/** As training does it: as many batches under way as there are slots. */
async function load(count) {
  const end = next + count;
  const consume = async () => {
    while (next < end) {
      const first = next;
      next += batchSize;
      const indices = Array.from({ length: batchSize }, (_, i) => (first + i) % files.length);
      (await loader.load({ epoch: Math.floor(first / files.length), indices })).release();
    }
  };
  await Promise.all(Array.from({ length: 8 }, consume));
  next = end;
}

/** Milliseconds that the main thread has spent on a processor, as Linux counts it. */
const mainThread = () =>
  Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ")[0]) / 1e6;

await load(workers * 2 * batchSize);
console.log(JSON.stringify({ version: process.versions.node }));
for await (const line of createInterface({ input: process.stdin })) {
  const [start, main] = [performance.now(), mainThread()];
  await load(Number(line));
  const seconds = (performance.now() - start) / 1000;
  const threads = readdirSync("/proc/self/task").length;
  console.log(JSON.stringify({ seconds, main: mainThread() - main, threads }));
}
process.exit();
