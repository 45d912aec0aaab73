import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs"; // prettier-ignore
import { tmpdir } from "node:os";
import path from "node:path";

import { startEngine } from "@tssl/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { nearDuplicates, outliers } from "./curation.ts";
import { nearestOthers } from "./nearest-others.ts";
import { openRows } from "./rows-file.ts";
import { writeEmbeddings } from "./write-embeddings.ts";

let folder: string;
beforeAll(async () => {
  await startEngine({ device: "cpu" });
  folder = mkdtempSync(path.join(tmpdir(), "tssl-embeddings-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("rows on the disk", () => {
  it("go on where they were, with what could not be decoded, and not for something else", async () => {
    const file = path.join(folder, "goes-on.npy");
    const first = await openRows(file, "a", 2);
    await first.append(Float32Array.of(1, 2, 3, 4), [1]);
    await first.close();
    const again = await openRows(file, "a", 2);
    expect([again.rows, again.corrupt]).toEqual([2, [1]]);
    await again.append(Float32Array.of(5, 6), [1]);
    expect([...(await again.read(1, 2))]).toEqual([3, 4, 5, 6]);
    await again.close();
    const other = await openRows(file, "b", 2);
    expect(other.rows).toBe(0);
    await other.remove();
    expect(readdirSync(folder).filter((name) => name.startsWith("goes-on"))).toEqual([]);
  });

  it("drop what came after the last word on them, and begin anew where they are fewer", async () => {
    const file = path.join(folder, "cut.npy");
    const first = await openRows(file, "a", 1);
    await first.append(Float32Array.of(1, 2, 3), []);
    await first.close();
    truncateSync(`${file}.rows`, 14); // half a row more than the word
    const longer = await openRows(file, "a", 1);
    expect(longer.rows).toBe(3);
    await longer.close();
    truncateSync(`${file}.rows`, 8);
    const shorter = await openRows(file, "a", 1);
    expect(shorter.rows).toBe(0);
    await shorter.remove();
  });
});

describe("rows that something else is at", () => {
  const place = (name: string) => path.join(folder, name);

  it("are refused while another has them open, and can be had again afterwards", async () => {
    const file = place("held.npy");
    const first = await openRows(file, "a", 1);
    await expect(openRows(file, "b", 1)).rejects.toMatchObject({
      code: "EXPORT",
      message:
        `${file} is being computed by process ${process.pid}. Wait for it, or choose another --out. ` +
        "Nothing was written.",
    });
    await first.close();
    await (await openRows(file, "b", 1)).remove();
    expect(readdirSync(folder).filter((name) => name.startsWith("held"))).toEqual([]);
  });

  it.each([
    ["cut short", '{"of":"a","rows":3'],
    ["of another kind", '{"of":"a","rows":3,"corrupt":["x"]}'],
    ["of rows that are not there", '{"of":"a","rows":3,"corrupt":[3]}'],
    ["with fewer than no rows", '{"of":"a","rows":-1,"corrupt":[]}'],
    ["null", "null"],
  ])("begin anew where the word on them is %s", async (_what, text) => {
    const file = place("damaged.npy");
    const first = await openRows(file, "a", 1);
    await first.append(Float32Array.of(1, 2, 3), []);
    await first.close();
    writeFileSync(`${file}.rows.json`, text);
    const again = await openRows(file, "a", 1);
    expect([again.rows, again.corrupt]).toEqual([0, []]);
    await again.remove();
  });

  it.each([".rows", ".rows.json"])("are not waited for where a pipe is in the place of %s", async (end) => {
    const file = place(`pipe${end}.npy`);
    execFileSync("mkfifo", [`${file}${end}`]);
    await expect(openRows(file, "a", 1)).rejects.toMatchObject({
      code: "RUN_FOLDER",
      message: `${file}${end} cannot be read: it is a pipe or a device, not a file.`,
    });
    rmSync(`${file}${end}`);
    await (await openRows(file, "a", 1)).remove(); // the lock was given back
  });
});

it("writes npy with a csv, leaving out rows of images that could not be decoded", async () => {
  const file = path.join(folder, "some.npy");
  const rows = await openRows(file, "a", 2);
  await rows.append(Float32Array.of(1, 2, 3, 4, 5, 6), [1]);
  const names = ['a "b",c.jpg', "broken.jpg", "é.jpg"];
  await writeEmbeddings(file, rows, 2, { places: [0, 2], names, labels: ["x", "", "y"] });
  const written = readFileSync(file);
  expect(written.subarray(10, 128).toString().trim()).toBe(
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }",
  );
  expect([...new Float32Array(new Uint8Array(written.subarray(128)).buffer)]).toEqual([1, 2, 5, 6]);
  expect(readFileSync(path.join(folder, "some.csv"), "utf8")).toBe(
    'path,label\n"a ""b"",c.jpg",x\né.jpg,y\n',
  );
  await rows.remove();
});

it("writes parquet whole or not at all", async () => {
  const file = path.join(folder, "some.parquet");
  const rows = await openRows(file, "a", 2);
  await rows.append(Float32Array.of(1, 2, 3, 4), []);
  const images = { places: [0, 1], names: ["a.jpg", "b.jpg"] };
  await writeEmbeddings(file, rows, 2, images);
  expect(readFileSync(file).subarray(0, 4).toString()).toBe("PAR1");
  const failing = { ...rows, rows: 2, corrupt: [], read: () => Promise.reject(new Error("disk")) };
  const other = path.join(folder, "other.parquet");
  await expect(writeEmbeddings(other, failing, 2, images)).rejects.toThrow("disk");
  expect(existsSync(other)).toBe(false);
  expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  await rows.remove();
});

describe("what a curator looks for", () => {
  // Two pairs that are nearly the same, in other lengths, one image between, one that is like no other.
  const rows = Float32Array.of(1, 0, 0, 2, 0.02, 0, 0, 1, 0, 0.01, 3, 0, 1, 1, 0, 0, 0, -1);

  it("groups near duplicates by cosine, whatever their length", async () => {
    const nearest = await nearestOthers(rows, 3, 2);
    expect([...nearest.places].slice(0, 4)).toEqual([1, 4, 0, 4]);
    const groups = nearDuplicates(nearest, 0.99);
    expect(groups.map(({ places }) => places)).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(groups[0]!.cosine).toBeCloseTo(1 / Math.hypot(1, 0.01), 5);
    // Chained by the image between them.
    expect(nearDuplicates(nearest, 0.7).map(({ places }) => places)).toEqual([[0, 1, 2, 3, 4]]);
    expect(nearDuplicates(nearest, 1)).toEqual([]);
  });

  it("lists images that are far from their nearest, farthest first", async () => {
    const [first, second] = outliers(await nearestOthers(rows, 3, 2), 2);
    expect(first).toEqual({ place: 5, cosine: 0 });
    expect(second!.place).toBe(4);
  });

  it("finds k others where more than k are equal", async () => {
    const same = Float32Array.from({ length: 10 }, () => 1);
    const { places, count } = await nearestOthers(same, 1, 3);
    for (let i = 0; i < 10; i++) {
      const own = [...places.subarray(i * count, (i + 1) * count)];
      expect(own).not.toContain(i);
      expect(new Set(own).size).toBe(3);
    }
  });
});
