import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, expect, it } from "vitest";

import { warmTsslIn } from "../built-program.test.data.ts";
import { EXAMPLE, smallExample } from "../example-run.test.data.ts";
import { copyTrainAndTest } from "../few-images.test.data.ts";

let folder: string;
const tssl = (command: string, ...more: string[]) => warmTsslIn(folder, [...command.split(" "), ...more]);

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-embed-"));
  const data = await copyTrainAndTest(folder);
  // Compiled as files of weights are, whose features are to be the same to the bit.
  const small = smallExample(data, { epochs: 1, "engine.mode": undefined });
  const { code, err } = tssl("train --out run", EXAMPLE, ...small);
  expect(code, err).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rowsOf = (file: string) =>
  new Float32Array(new Uint8Array(readFileSync(path.join(folder, file)).subarray(128)).buffer);

it("writes the features of every image, the same in whatever batches", () => {
  const { code, err, out } = tssl("embed run test --out a.npy --batch-size 3 --json");
  expect(code, err).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ images: 20, dim: 8, encoder: "step-0000003", left: [] });
  const csv = readFileSync(path.join(folder, "a.csv"), "utf8").trim().split("\n");
  expect(csv).toHaveLength(21);
  expect(csv.slice(0, 2)).toEqual(["path,label", "airplane/0000.jpg,airplane"]);
  const curated = tssl("embed run test --out b.npy --workers 1 --near-duplicates --outliers --json");
  const found = JSON.parse(curated.out) as { nearDuplicates: { cosine: number }[]; outliers: unknown[] };
  expect(found.nearDuplicates.every(({ cosine }) => cosine >= 0.98)).toBe(true);
  expect(found.outliers).toHaveLength(20);
  const [a, b] = [rowsOf("a.npy"), rowsOf("b.npy")];
  expect(a.length).toBe(160);
  a.forEach((value, i) => expect(value).toBeCloseTo(b[i]!, 5));
  expect(readdirSync(folder).filter((name) => /rows|part/.test(name))).toEqual([]);
});

it("writes projections, as the run's loss compares them", () => {
  const { code, err, out } = tssl("embed run test --out p.npy --projections --json");
  expect(code, err).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ images: 20, dim: 16 });
  const unit = tssl("embed run test --out u.npy --projections --unit-length");
  expect(unit.code, unit.err).toBe(0);
  const [raw, rows] = [rowsOf("p.npy"), rowsOf("u.npy")];
  for (let image = 0; image < 20; image++) {
    const row = raw.subarray(16 * image, 16 * (image + 1));
    const length = Math.hypot(...row);
    row.forEach((value, k) => expect(rows[16 * image + k]).toBeCloseTo(value / length, 5));
  }
});

it("embeds by an export alone, to the same features", () => {
  expect(tssl("export run --to safetensors,onnx --out net").code).toBe(0);
  rmSync(path.join(folder, "a.npy"), { force: true });
  expect(tssl("embed run test --out a.npy").code).toBe(0);
  for (const file of ["model.safetensors", "model.onnx"]) {
    const { code, err } = tssl(`embed net/${file} test --out ${file}.npy`);
    expect(code, err).toBe(0);
    expect([...rowsOf(`${file}.npy`)]).toEqual([...rowsOf("a.npy")]);
  }
  const checkpoint = path.join(folder, "run/checkpoints/step-0000003.safetensors");
  const unknown = tssl("embed", checkpoint, "test", "--out", "x.npy");
  expect(unknown.code).toBe(2);
  expect(unknown.err).toContain("does not say which encoder it holds, and it is no ResNet of torchvision.");
});

/** A safetensors file without the texts in its header, as timm writes one. */
function withoutMetadata(file: string): void {
  const bytes = readFileSync(file);
  const length = Number(bytes.readBigUInt64LE(0));
  const { __metadata__: _texts, ...arrays } = JSON.parse(bytes.toString("utf8", 8, 8 + length)) as Record<
    string,
    unknown
  >;
  bytes.write(JSON.stringify(arrays).padEnd(length), 8);
  writeFileSync(file, bytes);
}

it("embeds by a file of timm, by the config.json beside it", { tags: "long" }, () => {
  const data = { train: path.join(folder, "train"), test: path.join(folder, "test") };
  const small = {
    epochs: 1,
    batchSize: 24,
    imageSize: 28,
    encoder: { use: "vit-tiny", patchSize: 4, heads: 6 },
  };
  const { code, err } = tssl("train --out timm-run", EXAMPLE, ...smallExample(data, small));
  expect(code, err).toBe(0);
  expect(tssl("export timm-run --to safetensors --out timm-net").code).toBe(0);
  withoutMetadata(path.join(folder, "timm-net/model.safetensors"));
  expect(tssl("embed timm-run test --out of-run.npy").code).toBe(0);
  for (const [i, from] of ["timm-net", "timm-net/model.safetensors"].entries()) {
    const embedded = tssl(`embed ${from} test --out of-timm-${i}.npy`);
    expect(embedded.code, embedded.err).toBe(0);
    expect([...rowsOf(`of-timm-${i}.npy`)]).toEqual([...rowsOf("of-run.npy")]);
  }
  const config = path.join(folder, "timm-net/config.json");
  const named = (name: string) =>
    writeFileSync(config, JSON.stringify({ ...(JSON.parse(readFileSync(config, "utf8")) as object), architecture: name })); // prettier-ignore
  named("vit_tiny_patch16_clip_224");
  const other = tssl("embed timm-net test --out x.npy");
  expect(other.code).toBe(2);
  expect(other.err).toContain("model.safetensors holds vit_tiny_patch16_clip_224 of timm");
});

it("leaves out what cannot be decoded, and finds copies and outliers", () => {
  const images = path.join(folder, "mixed");
  const [first, second] = readdirSync(path.join(folder, "test/airplane"));
  rmSync(images, { recursive: true, force: true });
  copyMixed(images, [first!, second!]);
  const { code, err, out } = tssl("embed run mixed --out c.parquet --near-duplicates 0.999 --outliers 1");
  expect(code, err).toBe(0);
  expect(out).toContain("3 images, 8 features: c.parquet\n");
  expect(out).toMatch(
    /1 group of near duplicates, each with its smallest cosine:\n1\.000 {2}a\.jpg, copy\.jpg\n/,
  );
  expect(out).toMatch(/mean cosine to its nearest:\n\d\.\d+ {2}b\.jpg\n/);
  expect(err).toContain("1 image could not be decoded; left out: broken.jpg.");
});

function copyMixed(to: string, [first, second]: readonly [string, string]): void {
  const read = (name: string) => readFileSync(path.join(folder, "test/airplane", name));
  const files = {
    "a.jpg": read(first),
    "b.jpg": read(second),
    "copy.jpg": read(first),
    "broken.jpg": read(first).subarray(0, 200),
  };
  mkdirSync(to);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(path.join(to, name), bytes);
}

it("refuses another kind of file before any work", () => {
  const { code, err } = tssl("embed run test --out x.csv");
  expect(code).toBe(2);
  expect(err).toContain('--out must end in .parquet or .npy, got "x.csv".');
});

it("refuses more threads than the machine has room for, and waits for no pipe", () => {
  const { code, err } = tssl("embed run test --out x.npy --workers 100000");
  expect([code, err]).toEqual([2, expect.stringMatching(/^Error: --workers must be at most \d+ on this /)]);
  execFileSync("mkfifo", [path.join(folder, "pipe.safetensors")]);
  expect(tssl("embed pipe.safetensors test --out x.npy").err).toContain(
    "pipe.safetensors cannot be read: it is a pipe or a device, not a file.",
  );
});
