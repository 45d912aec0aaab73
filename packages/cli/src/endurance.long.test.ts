import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Worker } from "node:worker_threads";

import { imageFileName } from "@tssl/augment-zoo";
import { readImages, type RunObserver, runTraining, writeShards } from "@tssl/core/run";
import { smallConvNet } from "@tssl/core/testing";
import { cifar10Subset } from "@tssl/demo-data";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it, vi } from "vitest";

import { compositions } from "./compositions.test.data.ts";
import { resolveConfig } from "./read-run-config.ts";

const IMAGES = 10_000;
const BATCH = 100;
/** One in so many files is cut short. */
const CUT_EVERY = 100;

let folder: string;
const inFolder = (...parts: string[]) => path.join(folder, ...parts);
const cut = new Set<string>();

/** 10,000 files: the 5,000 images of the subset, and their mirror images. */
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-endurance-"));
  vi.stubEnv("TSSL_CACHE", inFolder("cache"));
  const { files } = await readImages((await cifar10Subset()).train);
  mkdirSync(inFolder("images"));
  for (const [i, file] of files.entries()) {
    const mirrored = await sharp(imageFileName(file)).flop().png().toBuffer();
    for (const [j, content] of [readFileSync(imageFileName(file)), mirrored].entries()) {
      const place = 2 * i + j;
      const name = `${String(place).padStart(5, "0")}.${j === 0 ? path.extname(imageFileName(file)).slice(1) : "png"}`;
      const isCut = place % CUT_EVERY === 57;
      writeFileSync(inFolder("images", name), isCut ? content.subarray(0, content.length >> 1) : content);
      if (isCut) cut.add(name);
    }
  }
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Trains two epochs; in the first one a thread of the loader is ended, and then `harm` is done. */
async function train(data: string, out: string, harm: () => void) {
  const threads: Worker[] = [];
  const watch = (thread: Worker): number => threads.push(thread);
  process.on("worker", watch);
  const steps: number[] = [];
  let before = 0;
  let after = 0;
  const observer: RunObserver = {
    async onStep({ step }) {
      steps.push(step);
      if (step === 20) {
        before = threads.length;
        await threads.findLast(({ threadId }) => threadId > 0)!.terminate();
      }
      if (step === 50) harm();
      after = threads.length;
    },
  };
  const { config } = compositions.find(({ name }) => name === "moco")!;
  try {
    const outcome = await runTraining({
      config: await resolveConfig(
        {
          data: { train: data, workers: 2, cacheMegabytes: 0, maxCorruptShare: 0.05 },
          imageSize: 32,
          epochs: 2,
          batchSize: BATCH,
          encoder: { use: smallConvNet },
          ...config,
          plugins: [{ use: "moco", queueSize: 400, dim: 8 }],
        },
        folder,
        "test",
      ),
      out: inFolder(out),
      observers: [observer],
    });
    expect(steps).toEqual(Array.from({ length: (2 * IMAGES) / BATCH }, (_, i) => i + 1));
    expect(outcome.status).toBe("finished");
    expect(after - before).toBe(1); // one in place of the one that was ended
    return outcome.corruptFiles!;
  } finally {
    process.off("worker", watch);
  }
}

const TIMEOUT = { timeout: 900_000 };

it(
  "trains on 10,000 files of which 1 % are cut short, past a thread's end, and counts each of them",
  TIMEOUT,
  async () => {
    const corrupt = await train("images", "of-folder", () => {});
    expect(corrupt.map((file) => path.basename(file)).sort()).toEqual([...cut].sort());
    expect(corrupt).toHaveLength(IMAGES / CUT_EVERY);
  },
);

it("trains past a shard that is cut short meanwhile, and counts what was lost", TIMEOUT, async () => {
  const images = await readImages(inFolder("images"));
  await writeShards(images, { out: inFolder("shards"), prefix: "train", limit: { images: 1000 } });
  const shards = readdirSync(inFolder("shards")).filter((name) => name.endsWith(".tar"));
  const { files } = await readImages(inFolder("shards"));
  const last = inFolder("shards", shards.at(-1)!);
  const own = files.filter((file) => typeof file !== "string" && file.path === last);
  const firstLost = own[own.length - 200]!;
  if (typeof firstLost === "string") throw new Error("no part of a shard");
  const lost = own.slice(-200).map((file) => imageFileName(file));
  const corrupt = await train("shards", "of-shards", () => truncateSync(last, firstLost.offset));
  const cutInShards = files.map((file) => imageFileName(file)).filter((name) => cut.has(name.split(":")[1]!));
  expect(cutInShards).toHaveLength(cut.size);
  expect([...corrupt].sort()).toEqual([...new Set([...cutInShards, ...lost])].sort());
});
