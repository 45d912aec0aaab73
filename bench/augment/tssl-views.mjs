// Makes views of one case of cases.json, as many as stdin asks for; run.mjs runs it beside
// reference_views.py.
//
//   echo 100 | node bench/augment/tssl-views.mjs moco-v2-224-jpeg FOLDER
//
// Warms up and prints one line of JSON; then answers each line of stdin, a number of images, with another. A
// view ends as float32 numbers of mean 0 and deviation 1.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";

import {
  createViewLoader,
  decodeImage,
  mocoV2View,
  normalize,
  randomStream,
  replayInto,
  sampleRecipe,
  stronger,
} from "@tssl/augment-zoo";
import sharp from "sharp";

const BATCH = 32;
const RECIPES = { "moco-v2": mocoV2View, "clsa-strong": (options) => stronger(mocoV2View(options)) };
/** @type {import("@tssl/augment-zoo").ChannelStatistics} */
const STATISTICS = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] };

const [name, folder] = process.argv.slice(2);
const chosen = JSON.parse(readFileSync(new URL("cases.json", import.meta.url), "utf8"))[name];
const files = readdirSync(folder)
  .filter((file) => /\.jpe?g$/i.test(file))
  .sort()
  .map((file) => path.join(folder, file));
const recipe = RECIPES[chosen.recipe]({ size: chosen.size });
const bytes = chosen.size ** 2 * 3;

/** One image after another; the next is decoded meanwhile, as the loader's threads do it. */
async function oneByOne() {
  sharp.concurrency(1);
  sharp.cache(false);
  const view = new Uint8Array(bytes);
  const numbers = new Float32Array(bytes);
  const images = [];
  if (!chosen.decode) {
    for (const file of files) images.push(await decoded(file));
  }
  let next = 0;
  const read = async (i) => (chosen.decode ? decodeImage(files[i % files.length]) : images[i % files.length]);
  return async (count) => {
    let ahead = read(next);
    for (let i = 1; i <= count; i++, next++) {
      const image = await ahead;
      if (i < count) ahead = read(next + 1);
      replayInto(image, sampleRecipe(image, recipe, randomStream(1, next)), view);
      normalize(view, numbers, STATISTICS);
    }
  };
}

async function decoded(file) {
  if (chosen.shrinkTo === undefined) return decodeImage(file);
  const side = chosen.shrinkTo;
  const { data } = await sharp(file)
    .resize(side, side, { fit: "fill" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: side, height: side, data: Uint8Array.from(data) };
}

/** Batches of a loader, which decodes every image anew. */
function inBatches() {
  const loader = createViewLoader({
    files,
    views: { view: recipe },
    seed: 1,
    batchSize: BATCH,
    workers: chosen.workers,
    cacheMegabytes: 0,
  });
  const numbers = new Float32Array(BATCH * bytes);
  let next = 0;
  return async (count) => {
    const batches = Array.from({ length: Math.ceil(count / BATCH) }, async () => {
      const indices = Array.from({ length: BATCH }, () => next++ % files.length);
      const batch = await loader.load({ epoch: Math.floor(next / files.length), indices });
      const { values } = batch.views.view;
      if (values instanceof Uint8Array) normalize(values, numbers, STATISTICS); // which it is of RGB
      batch.release();
    });
    await Promise.all(batches);
  };
}

const answer = (values) => console.log(JSON.stringify(values));
const make = await (chosen.workers === undefined ? oneByOne() : inBatches());
await make(4 * BATCH);
answer({ version: `Node ${process.versions.node}, libvips ${sharp.versions.vips}` });
for await (const line of createInterface({ input: process.stdin })) {
  const start = performance.now();
  await make(Number(line));
  answer({ seconds: (performance.now() - start) / 1000 });
}
process.exit();
