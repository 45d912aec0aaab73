// Writes a tar shard of a million images, and tells the time and memory of reading its index: the first time,
// when every header is read, and the second time, when it comes from the cache.
//
//   node bench/million-members/run.mjs [--images 1000000] [--labels] [--out runs/million-members]
//
// The images have one byte each: an index is made of headers alone. With --labels each has a .cls member.
import { spawnSync } from "node:child_process";
import { mkdirSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { Header } from "tar";

const { values: options } = parseArgs({
  options: {
    images: { type: "string", default: "1000000" },
    labels: { type: "boolean", default: false },
    out: { type: "string", default: "runs/million-members" },
  },
});
const images = Number(options.images);
const folder = path.resolve(options.out);
const shard = path.join(folder, "train-000.tar");
const cache = path.join(folder, "cache");
const core = fileURLToPath(new URL("../../packages/core/dist/run.js", import.meta.url));

const BLOCK = 512;
const CLASSES = 1000;
const MEBI = 2 ** 20;

/** @type {import("tar").HeaderData} */
const ALIKE = { type: "File", mode: 0o644, uid: 0, gid: 0, mtime: new Date(0) };

/** A header and one block of content. */
function member(name, content) {
  const bytes = Buffer.alloc(2 * BLOCK);
  new Header({ ...ALIKE, path: name, size: content.length }).encode(bytes);
  bytes.write(content, BLOCK, "latin1");
  return bytes;
}

function writeShard() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const file = openSync(shard, "w");
  let waiting = [];
  for (let i = 0; i < images; i++) {
    const key = `n${String(i % CLASSES).padStart(8, "0")}/${String(i).padStart(12, "0")}`;
    waiting.push(member(`${key}.jpg`, "x"));
    if (options.labels) waiting.push(member(`${key}.cls`, String(i % CLASSES)));
    if (waiting.length >= 10_000 || i === images - 1) {
      writeSync(file, Buffer.concat(waiting));
      waiting = [];
    }
  }
  writeSync(file, Buffer.alloc(2 * BLOCK));
}

/** What a process of its own does, which tells what it found and what the system counted. */
const READS = `
import { readImages } from ${JSON.stringify(core)};
const begun = performance.now();
const { files, classes, labels } = await readImages(${JSON.stringify(shard)});
const seconds = (performance.now() - begun) / 1000;
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
const work = (userCPUTime + systemCPUTime) / 1e6;
console.log(JSON.stringify({ images: files.length, classes: classes.length, labels: labels.length, seconds, work, maxRSS }));
`;

function measured(what) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", READS], {
    encoding: "utf8",
    env: { ...process.env, TSSL_CACHE: cache },
  });
  if (status !== 0) throw new Error(stderr);
  const found = JSON.parse(stdout);
  const classes = Math.min(CLASSES, images);
  if (found.images !== images || found.classes !== classes || found.labels !== images)
    throw new Error(stdout);
  const { seconds, work, maxRSS } = found;
  return `| ${what} | ${seconds.toFixed(1)} s | ${work.toFixed(1)} s | ${(maxRSS / 1024).toFixed(0)} MiB |`;
}

writeShard();
const members = images * (options.labels ? 2 : 1);
console.log(
  `${members.toLocaleString("en-US")} members, ${(statSync(shard).size / MEBI).toFixed(0)} MiB\n\n` +
    "| what | time | work of the processor | most memory |\n| --- | ---: | ---: | ---: |",
);
console.log(measured("the index is made"));
console.log(measured("the index is kept"));
rmSync(folder, { recursive: true });
