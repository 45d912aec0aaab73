// Views per second of processor time on one thread, beside Pillow's where a Python with Pillow and numpy is given:
//   npx tsc -b packages/augment-zoo && node packages/augment-zoo/bench/views.mjs [path to python]
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import sharp from "sharp";

import { applyRecipe, decodeImage, mocoV2, randomStream, stronger } from "../dist/index.js";

sharp.concurrency(1);
sharp.cache(false);

const here = fileURLToPath(new URL(".", import.meta.url));
const frog = join(here, "../fixtures/images/cifar-frog.png");
const folder = mkdtempSync(join(tmpdir(), "views-bench-"));
const photo = join(folder, "photo.jpg");
await sharp(join(here, "../fixtures/images/temple.png")).resize(500, 375).jpeg({ quality: 90 }).toFile(photo);

const processorSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Calls `make` for about `seconds` after a warm-up, and returns calls per second of processor time. */
async function perSecond(make, seconds = 3) {
  let calls = 0;
  let spent = 0;
  for (const limit of [seconds / 3, seconds]) {
    const start = processorSeconds();
    calls = 0;
    do {
      for (let i = 0; i < 10; i++) await make(calls++);
      spent = processorSeconds() - start;
    } while (spent < limit);
  }
  return calls / spent;
}

const small = await decodeImage(frog);
const large = await decodeImage(photo);
const views = (image, recipe) => perSecond((i) => applyRecipe(image, recipe, randomStream(1, i)));

const results = {
  "mocoV2 32 -> 32": await views(small, mocoV2({ size: 32 })),
  "strong 32 -> 32": await views(small, stronger(mocoV2({ size: 32 }))),
  "mocoV2 500x375 -> 224": await views(large, mocoV2({ size: 224 })),
  "strong 500x375 -> 224": await views(large, stronger(mocoV2({ size: 224 }))),
  "JPEG 500x375 -> mocoV2 224": await perSecond(async (i) =>
    applyRecipe(await decodeImage(photo), mocoV2({ size: 224 }), randomStream(1, i)),
  ),
};
const python = process.argv[2];
const pillow =
  python &&
  JSON.parse(execFileSync(python, [join(here, "views_pillow.py"), frog, photo], { encoding: "utf8" }));

console.log(
  `${cpus()[0].model}, Node ${process.versions.node}${pillow ? `, ${pillow.version}` : ""}; views per second of processor time`,
);
for (const [name, rate] of Object.entries(results)) {
  const beside = pillow
    ? `   Pillow ${pillow[name].toFixed(0).padStart(6)}   ratio ${(rate / pillow[name]).toFixed(2)}`
    : "";
  console.log(`${name.padEnd(28)} ${rate.toFixed(0).padStart(6)}${beside}`);
}
rmSync(folder, { recursive: true });
