import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { getPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Piscina } from "piscina";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";

import { ImageError, LoaderError } from "../errors.ts";
import { loaderClosed } from "../messages/loader.ts";
import type { Recipe } from "../recipe.ts";
import { evaluationView } from "../recipes/evaluation.ts";
import { mocoV2View } from "../recipes/moco.ts";
import { stronger } from "../recipes/stronger.ts";
import { createViewLoader, type ViewBatch, type ViewLoader, type ViewLoaderOptions } from "./view-loader.ts";
import { viewOf } from "./view-of.ts";

/**
 * Every pool that a loader made, so that a test can end a thread from outside; and another worker file to
 * run, if any.
 */
const { pools, replaced } = vi.hoisted(() => {
  const watched: { pools: Piscina[]; replaced: { filename?: string } } = { pools: [], replaced: {} };
  return watched;
});
vi.mock("piscina", async (original) => {
  const real = await original<typeof import("piscina")>();
  class Watched extends real.Piscina {
    constructor(options: ConstructorParameters<typeof Piscina>[0]) {
      super({ ...options, ...replaced });
      pools.push(this);
    }
  }
  return { ...real, Piscina: Watched };
});

const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const files = [
  ...["cifar-frog", "cifar-ship", "cifar-cat", "flower", "roof", "temple", "tiny", "row"].map((name) =>
    fixture(`images/${name}.png`),
  ),
  ...["orientation-6.jpg", "grey.jpg", "cmyk.jpg", "lossy.webp", "rgba.png"].map((name) =>
    fixture(`decode/${name}`),
  ),
];
const everything = files.map((_, i) => i);
const views = {
  query: mocoV2View({ size: 32 }),
  strong: stronger(mocoV2View({ size: 24 })),
  plain: evaluationView({ size: 32 }),
};

const loaders: ViewLoader[] = [];
function open(options: Partial<ViewLoaderOptions> = {}): ViewLoader {
  const loader = createViewLoader({ files, views, seed: 7, batchSize: 16, workers: 1, ...options });
  loaders.push(loader);
  return loader;
}
afterEach(async () => {
  await Promise.all(loaders.splice(0).map((loader) => loader.close()));
});

/** Views by "name epoch index", as text. */
async function load(
  loader: ViewLoader,
  requests: readonly { epoch: number; indices: readonly number[] }[],
): Promise<Map<string, string>> {
  const seen = new Map<string, string>();
  await Promise.all(
    requests.map(async ({ epoch, indices }) => {
      const batch = await loader.load({ epoch, indices });
      expect([...batch.indices]).toEqual(indices);
      for (const [name, { values: bytes }] of Object.entries(batch.views)) {
        const size = bytes.length / indices.length;
        indices.forEach((index, i) => {
          const view = Buffer.from(bytes.subarray(i * size, (i + 1) * size)).toString("base64");
          const key = `${name} ${epoch} ${index}`;
          expect(seen.get(key) ?? view).toBe(view);
          seen.set(key, view);
        });
      }
      batch.release();
    }),
  );
  return seen;
}

describe("createViewLoader", () => {
  it("makes the same views with 1, 2 and 3 workers, any batches, any order, kept originals or not", async () => {
    const straight = [0, 1].map((epoch) => ({ epoch, indices: everything }));
    const reference = await load(open(), straight);
    expect(reference.size).toBe(2 * 3 * files.length);

    const shuffled = [
      { epoch: 1, indices: [12, 3, 5] },
      { epoch: 0, indices: everything.toReversed() },
      { epoch: 1, indices: [0, 1, 2, 4, 6, 7, 8, 9, 10, 11, 0] },
      { epoch: 0, indices: [4] },
    ];
    expect(await load(open({ workers: 2, slots: 2 }), shuffled)).toEqual(reference);
    expect(await load(open({ workers: 3, cacheMegabytes: 0, batchSize: 13 }), shuffled)).toEqual(reference);
    expect(await load(open({ workers: 2, slots: 1 }), [...straight, ...shuffled])).toEqual(reference);

    const otherSeed = await load(open({ seed: 8 }), straight);
    const differing = [...reference].filter(([key, view]) => otherSeed.get(key) !== view);
    expect(differing.every(([key]) => !key.startsWith("plain"))).toBe(true);
    expect(differing.length).toBeGreaterThan(0.9 * 2 * 2 * (files.length - 1));
  });

  it("draws anew in every epoch", async () => {
    const seen = await load(open(), [0, 1].map((epoch) => ({ epoch, indices: everything }))); // prettier-ignore
    const repeated = everything.filter((i) => seen.get(`query 0 ${i}`) === seen.get(`query 1 ${i}`));
    expect(repeated).toEqual([]);
    expect(everything.every((i) => seen.get(`plain 0 ${i}`) === seen.get(`plain 1 ${i}`))).toBe(true);
  });

  it("makes what viewOf shows", async () => {
    const seen = await load(open({ workers: 2 }), [{ epoch: 3, indices: everything }]);
    for (const index of everything) {
      for (const [view, recipe] of Object.entries(views)) {
        const { image } = await viewOf(files[index]!, recipe, { seed: 7, epoch: 3, index, view });
        const bytes = Buffer.from(image.data).toString("base64");
        expect(bytes, `${view} ${index}`).toBe(seen.get(`${view} 3 ${index}`));
      }
    }
  });

  it("says the shape of each view, and fills the patches of one that ends in them", async () => {
    const tiles: Recipe = [
      { op: "randomResizedCrop", size: 48, scale: [0.6, 1], ratio: [0.75, 4 / 3] },
      { op: "patches", rows: 2, columns: 3, size: 12, stride: 16, jitter: 4 },
      { op: "horizontalFlip", p: 0.5 },
    ];
    const loader = open({ views: { query: views.query, tiles }, workers: 2 });
    const indices = [4, 0, 3, 5, 1];
    const batch = await loader.load({ epoch: 2, indices });
    expect(batch.views["query"]!.shape).toEqual([5, 32, 32, 3]);
    expect(batch.views["tiles"]!.shape).toEqual([5, 6, 12, 12, 3]);
    const bytes = 6 * 12 * 12 * 3;
    expect(batch.views["tiles"]!.values.length).toBe(5 * bytes);
    for (const [row, index] of indices.entries()) {
      const { image } = await viewOf(files[index]!, tiles, { seed: 7, epoch: 2, index, view: "tiles" });
      const made = Buffer.from(batch.views["tiles"]!.values.subarray(row * bytes, (row + 1) * bytes));
      expect(Buffer.compare(made, image.data)).toBe(0);
    }
    batch.release();
  });

  it("lets its threads, and none but its own, give way where it works in the background", async () => {
    const niceness = () =>
      readdirSync("/proc/self/task").map((thread) => {
        const facts = readFileSync(`/proc/self/task/${thread}/stat`, "utf8");
        return Number(facts.slice(facts.lastIndexOf(")") + 2).split(" ")[16]); // proc(5), field 19
      });
    const own = getPriority();
    const lowered = () => niceness().filter((nice) => nice === Math.min(19, own + 10)).length;
    const before = lowered();
    await load(open({ workers: 2 }), [{ epoch: 0, indices: [0] }]);
    expect(lowered() - before).toBe(0);
    await load(open({ workers: 2, background: true }), [{ epoch: 0, indices: [0, 1, 2, 3] }]);
    await expect.poll(() => lowered() - before).toBe(2); // a thread may start after all is done
    expect(getPriority()).toBe(own);
  });

  it("decodes each file once if all fit in memory, otherwise each time", async () => {
    const requests = [0, 1, 2].map((epoch) => ({ epoch, indices: everything }));
    const loader = open({ slots: 1 });
    await load(loader, requests);
    expect(loader.timings).toMatchObject({ batches: 3, images: 39, decoded: 13 });
    const forgetful = open({ slots: 1, cacheMegabytes: 0.1 });
    await load(forgetful, requests);
    expect(forgetful.timings).toMatchObject({ batches: 3, images: 39, decoded: 39 });
    expect(forgetful.timings.decodeMs).toBeGreaterThan(0);
    expect(forgetful.timings.augmentMs).toBeGreaterThan(0);
  });

  it("writes into shared memory, a slot of its own for each batch in flight", async () => {
    const loader = open({ slots: 2 });
    const [a, b] = await Promise.all([
      loader.load({ epoch: 0, indices: [0, 1] }),
      loader.load({ epoch: 0, indices: [1, 0] }),
    ]);
    expect(a.views["query"]!.values.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(a.views["query"]!.values.length).toBe(2 * 32 * 32 * 3);
    expect(a.views["strong"]!.values.length).toBe(2 * 24 * 24 * 3);
    expect(a.views["query"]!.values.subarray(0, 3072)).toEqual(b.views["query"]!.values.subarray(3072));

    let third = false;
    const waiting = loader.load({ epoch: 0, indices: [2] }).then((batch) => {
      third = true;
      return batch;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(third).toBe(false);
    a.release();
    a.release(); // the second call gives nothing back
    const c = await waiting;
    expect(c.views["query"]!.values.byteOffset).toBe(a.views["query"]!.values.byteOffset);
    expect(loader.timings.waitMs).toBeGreaterThan(40);
    const full = loader.load({ epoch: 0, indices: [2] });
    expect(await Promise.race([full, new Promise((resolve) => setTimeout(resolve, 50, "waits"))])).toBe(
      "waits",
    );
    b.release();
    (await full).release();
    c.release();
  });
});

describe("createViewLoader when things go wrong", () => {
  const folder = mkdtempSync(join(tmpdir(), "augment-zoo-loader-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const broken = join(folder, "broken.jpg");
  writeFileSync(broken, readFileSync(fixture("decode/progressive.jpg")).subarray(0, 600));

  it.each([1, 3])("names the file that cannot be decoded, and goes on (%d workers)", async (workers) => {
    const loader = open({ files: [...files, broken], workers, slots: 1, maxCorruptShare: 0 });
    for (let i = 0; i < 3; i++) {
      const error: unknown = await loader.load({ epoch: 0, indices: [0, 13, 1] }).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(ImageError);
      expect((error as ImageError).file).toBe(broken);
      expect((error as ImageError).data).toMatchObject({ file: broken, problem: "too many corrupt files" });
      const good = await loader.load({ epoch: 0, indices: [0, 1] });
      const { image } = await viewOf(files[1]!, views.query, { seed: 7, epoch: 0, index: 1, view: "query" });
      expect(Buffer.compare(Buffer.from(good.views["query"]!.values.subarray(3072)), image.data)).toBe(0);
      good.release();
    }
  });

  const middle = (batch: ViewBatch, name: string, bytes: number): Buffer =>
    Buffer.from(batch.views[name]!.values.subarray(bytes, 2 * bytes));

  it.each([1, 3])("shows the next image in place of a corrupt one (%d workers)", async (workers) => {
    const list = [files[0]!, broken, broken, files[3]!, files[1]!];
    const loader = open({ files: list, workers, maxCorruptShare: 0.4, slots: 1 });
    for (const epoch of [0, 1]) {
      const batch = await loader.load({ epoch, indices: [0, 1, 4] });
      const key = { seed: 7, epoch, index: 1, view: "query" };
      const { image } = await viewOf(files[3]!, views.query, key);
      expect(Buffer.compare(middle(batch, "query", 3072), image.data)).toBe(0);
      expect([...batch.indices]).toEqual([0, 1, 4]);
      batch.release();
    }
    expect(loader.corrupt.map(({ file }) => file)).toEqual([broken, broken]);
    expect(loader.corrupt[0]!.found).toMatch(/^corrupt or truncated \(/);
  });

  it("ends where more files are corrupt than it may let pass, naming those before", async () => {
    const gone = join(folder, "gone.png");
    const loader = open({
      files: [files[0]!, gone, ...files.slice(1, 6), broken],
      maxCorruptShare: 0.125,
      slots: 1,
    });
    (await loader.load({ epoch: 0, indices: [1] })).release();
    await expect(loader.load({ epoch: 0, indices: [5, 7] })).rejects.toMatchObject({
      code: "IMAGE",
      data: { file: broken, problem: "too many corrupt files", others: [gone], files: 8 },
    });
  });

  it("lets one file pass of however few, and not the last", async () => {
    const small = open({ files: [broken, files[0]!, files[1]!], slots: 1 }); // 1 % of 3 is less than one
    (await small.load({ epoch: 0, indices: [0, 1, 2] })).release();
    expect(small.corrupt).toMatchObject([{ index: 0, file: broken }]);
    const single = open({ files: [broken], slots: 1, maxCorruptShare: 0.5 });
    await expect(single.load({ epoch: 0, indices: [0] })).rejects.toMatchObject({
      data: { file: broken, allowed: 0, files: 1 },
    });
  });

  it("makes the views of a lost thread again", async () => {
    const loader = open({ workers: 2, cacheMegabytes: 0, slots: 1 });
    const reference = await loader.load({ epoch: 0, indices: everything });
    const want = Buffer.from(reference.views["strong"]!.values);
    reference.release();
    const threads = [...pools.at(-1)!.threads];
    const lost = loader.load({ epoch: 0, indices: everything });
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all(threads.map((thread) => thread.terminate()));
    const batch = await lost;
    expect(Buffer.compare(Buffer.from(batch.views["strong"]!.values), want)).toBe(0);
    expect(pools.at(-1)!.threads.some((thread) => threads.includes(thread))).toBe(false);
  });

  /** A worker that ends its thread, or fails, at files whose name has these words. */
  function fragileWorker(): string {
    const real = new URL("../../dist/loader/worker.js", import.meta.url).href;
    const file = join(folder, "fragile.mjs");
    writeFileSync(
      file,
      `import makeViews from ${JSON.stringify(real)};
       export default (task) => {
         if (task.images.some(({ file }) => file.includes("deadly"))) process.exit(3);
         if (task.images.some(({ file }) => file.includes("greedy"))) throw new RangeError("Array buffer allocation failed");
         return makeViews(task);
       };`,
    );
    return file;
  }
  const named = (name: string): string => {
    copyFileSync(files[3]!, join(folder, name));
    return join(folder, name);
  };

  it.each([1, 3])(
    "counts files on which threads end as corrupt, and no others (%d workers)",
    async (workers) => {
      const [deadly, greedy] = [named("deadly.png"), named("greedy.png")];
      const list = [files[0]!, deadly, files[1]!, greedy, files[2]!, files[3]!];
      replaced.filename = fragileWorker();
      const loader = open({ files: list, workers, maxCorruptShare: 0.4, slots: 1 });
      for (const epoch of [0, 1]) {
        const batch = await loader.load({ epoch, indices: [0, 1, 2, 3, 4, 5] });
        const shown = [0, 2, 2, 4, 4, 5]; // the next sound one in place of each that ends threads
        for (const [row, source] of shown.entries()) {
          const key = { seed: 7, epoch, index: row, view: "query" };
          const { image } = await viewOf(list[source]!, views.query, key);
          const made = Buffer.from(batch.views["query"]!.values.subarray(row * 3072, (row + 1) * 3072));
          expect(Buffer.compare(made, image.data), `row ${row}`).toBe(0);
        }
        batch.release();
      }
      delete replaced.filename;
      expect([...loader.corrupt].sort((a, b) => a.index - b.index)).toEqual([
        {
          index: 1,
          file: deadly,
          kind: "fatal to threads",
          found: expect.stringMatching(/^it ended a thread 3 times \(/) as string,
        },
        {
          index: 3,
          file: greedy,
          kind: "too large for the memory",
          found: expect.stringMatching(/^memory is too short for it 3 times \(/) as string,
        },
      ]);
    },
  );

  it("names the one file that ends threads where none may be corrupt, and can still be used", async () => {
    const deadly = named("deadly.png");
    replaced.filename = fragileWorker();
    const loader = open({ files: [...files, deadly], maxCorruptShare: 0, slots: 1 });
    const error: unknown = await loader.load({ epoch: 0, indices: [0, 1, 13, 2] }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ImageError);
    expect(error).toMatchObject({ file: deadly, data: { problem: "too many corrupt files", allowed: 0 } });
    expect((error as Error).message).not.toContain("workers");
    (await loader.load({ epoch: 0, indices: [0, 1, 2] })).release();
    delete replaced.filename;
  });

  it("gives up where threads end at one file after another, naming them", async () => {
    replaced.filename = fragileWorker();
    const list = [1, 2, 3, 4, 5, 6, 7, 8].map((i) => named(`deadly-${i}.png`));
    const loader = open({ files: list, workers: 1, maxCorruptShare: 0.9, batchSize: 8 });
    const error: unknown = await loader
      .load({ epoch: 0, indices: [0, 1, 2, 3, 4, 5, 6, 7] })
      .catch((e: unknown) => e);
    delete replaced.filename;
    expect(error).toBeInstanceOf(LoaderError);
    // The two tasks of the batch, of four images each, take turns.
    const turns = [0, 4, 1, 5].map((i) => list[i]);
    expect((error as LoaderError).data).toMatchObject({ files: turns });
  });

  it("lets one file be corrupt whatever the share, and never all", async () => {
    const one = open({ files: [...files.slice(0, 4), broken], slots: 1 }); // 1 % of 5 is less than one
    (await one.load({ epoch: 0, indices: [0, 4] })).release();
    expect(one.corrupt.map(({ file, kind }) => [file, kind])).toEqual([[broken, "cut short"]]);
    const all = open({ files: [broken, broken], slots: 1, maxCorruptShare: 0.9 });
    await expect(all.load({ epoch: 0, indices: [0, 1] })).rejects.toMatchObject({
      data: { allowed: 1, files: 2 },
    });
  });

  it("finds images of 16 bits that use few of their levels, and spreads them if asked", async () => {
    const deep = fixture("decode/grey16.png");
    expect((await opened({ files: [deep] })).narrow).toBe(undefined);
    const narrow = join(folder, "12-bits.tif");
    const { files: made } = JSON.parse(readFileSync(fixture("formats.json"), "utf8")) as { files: { name: string; file: string; levels?: number[] }[] }; // prettier-ignore
    const { file, levels } = made.find(({ name }) => name === "16 bits: grey.tif")!;
    writeFileSync(narrow, Buffer.from(file, "base64"));
    const seen = { file: narrow, low: Math.min(...levels!), high: Math.max(...levels!) };
    expect((await opened({ files: [deep, narrow] })).narrow).toEqual(seen);
    expect((await opened({ files: [deep, narrow], range: [0, 4095] })).narrow).toBe(undefined);
    const loader = open({ files: [narrow], range: [0, 4095] });
    const batch = await loader.load({ epoch: 2, indices: [0] });
    const key = { seed: 7, epoch: 2, index: 0, view: "query" };
    const { image } = await viewOf(narrow, views.query, key, { range: [0, 4095] });
    expect(Buffer.compare(Buffer.from(batch.views["query"]!.values), image.data)).toBe(0);
    batch.release();
  });

  async function opened(options: Partial<ViewLoaderOptions>): Promise<ViewLoader> {
    const loader = open(options);
    (await loader.load({ epoch: 0, indices: options.files!.map((_, i) => i) })).release();
    return loader;
  }

  it("reports threads that cannot start, instead of waiting", async () => {
    replaced.filename = join(folder, "worker.mjs");
    writeFileSync(replaced.filename, 'throw new Error("this machine has no sharp");');
    const loader = open({ workers: 2 });
    const error: unknown = await loader.load({ epoch: 0, indices: everything }).catch((e: unknown) => e);
    delete replaced.filename;
    expect(error).toBeInstanceOf(LoaderError);
    expect((error as LoaderError).data).toEqual({ reason: "this machine has no sharp" });
    await expect(loader.load({ epoch: 0, indices: [0] })).rejects.toBeInstanceOf(LoaderError);
  });

  it("close refuses what is under way, ends the threads, and may be called again", async () => {
    const loader = open({ slots: 1, cacheMegabytes: 0 });
    const settled = Promise.allSettled([0, 1, 2].map((epoch) => loader.load({ epoch, indices: everything })));
    await new Promise((resolve) => setTimeout(resolve, 5));
    await loader.close();
    await loader.close();
    for (const result of await settled) {
      expect(result).toMatchObject({ status: "rejected", reason: { message: loaderClosed().message } });
    }
    expect(pools.at(-1)!.threads).toEqual([]);
    await expect(loader.load({ epoch: 0, indices: [0] })).rejects.toThrow(loaderClosed().message);
    await open().close();
  });

  // Node aborts where a thread is ended while it requires an ES module: in a process of its own, to see it.
  it("ends no process by closing while threads still start", { tags: "long" }, () => {
    const script = `
      import { createViewLoader, mocoV2View } from ${JSON.stringify(new URL("../../dist/index.js", import.meta.url).href)};
      const options = { files: ${JSON.stringify(files)}, views: { query: mocoV2View({ size: 32 }) }, seed: 1 };
      for (let delay = 80; delay < 480; delay += 20) {
        const loader = createViewLoader({ ...options, batchSize: 1, workers: 6 });
        const asked = loader.load({ epoch: 0, indices: [0] }).catch(() => "refused, since closed");
        await new Promise((resolve) => setTimeout(resolve, delay));
        await loader.close();
        await asked;
      }
      console.log("closed");`;
    const ran = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    expect({ status: ran.status, signal: ran.signal, stdout: ran.stdout }).toEqual({
      status: 0,
      signal: null,
      stdout: "closed\n",
    });
  });

  it.each<[Partial<ViewLoaderOptions>, object]>([
    [{ files: [] }, { option: "files" }],
    [{ batchSize: 0 }, { option: "batchSize", got: 0 }],
    [{ workers: 1.5 }, { option: "workers", got: 1.5 }],
    [{ slots: -1 }, { option: "slots", got: -1 }],
    [{ maxCorruptShare: 1 }, { option: "maxCorruptShare", got: 1 }],
    [{ cacheMegabytes: -1 }, { option: "cacheMegabytes", got: -1 }],
    [{ range: [9, 9] }, { option: "range", got: [9, 9] }],
    [{ views: {} }, { option: "views" }],
  ])("refuses %j", (options, data) => {
    expect(() => open(options)).toThrow(expect.objectContaining({ code: "LOADER", data }));
  });

  it("refuses a recipe by the name of its view", () => {
    const bad = { query: [{ op: "grayscale" as const, p: 2 }] };
    const data: unknown = expect.objectContaining({ path: "views.query[0].p", got: 2 });
    expect(() => open({ views: bad })).toThrow(expect.objectContaining({ code: "RECIPE", data }));
    expect(() => open({ views: { key: [{ op: "resize", size: 8 }] } })).toThrow(
      expect.objectContaining({ code: "RECIPE", data: { ops: ["resize"] } }),
    );
  });

  it.each<[readonly number[], object]>([
    [[], { got: 0, batchSize: 16 }],
    [new Array<number>(17).fill(0), { got: 17, batchSize: 16 }],
    [[0, 13], { got: 13, files: 13 }],
    [[0.5], { got: 0.5, files: 13 }],
  ])("refuses the request %j", async (indices, data) => {
    await expect(open().load({ epoch: 0, indices })).rejects.toMatchObject({ code: "LOADER", data });
  });

  it("keeps what it has decoded: a file that vanishes later is not missed", async () => {
    const file = join(folder, "copy.png");
    copyFileSync(files[0]!, file);
    const loader = open({ files: [file] });
    (await loader.load({ epoch: 0, indices: [0] })).release();
    rmSync(file);
    (await loader.load({ epoch: 1, indices: [0] })).release();
    expect(loader.timings.decoded).toBe(1);
  });
});
