import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, expect, it } from "vitest";

import { pythonWith, runFixture } from "../python.test.data.ts";
import { openRows } from "./rows-file.ts";
import { writeEmbeddings } from "./write-embeddings.ts";

let folder: string;
let python: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-embeddings-"));
  python = pythonWith(["numpy", "pandas", "pyarrow"]);
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** More rows than are written at once. */
const COUNT = 9000;
const DIM = 3;

it("pandas, pyarrow and numpy read embeddings", { timeout: 120_000 }, async () => {
  const rows = await openRows(path.join(folder, "features"), "test", DIM);
  await rows.append(
    Float32Array.from({ length: COUNT * DIM }, (_, i) => i / 7),
    [],
  );
  const places = Array.from({ length: COUNT }, (_, i) => i).filter((place) => place !== 5000);
  const names = Array.from({ length: COUNT }, (_, i) => (i === 0 ? 'é, "quoted".jpg' : `${i}.jpg`));
  const labels = names.map((_, i) => (i % 2 === 0 ? "even, one" : "odd"));
  for (const file of ["features.parquet", "features.npy"]) {
    await writeEmbeddings(path.join(folder, file), rows, DIM, { places, names, labels });
  }
  await rows.remove();
  const found = runFixture(python, "check_embeddings.py", folder) as Record<string, unknown>;
  const sum = places.reduce(
    (sum, place) => sum + [0, 1, 2].reduce((row, j) => row + Math.fround((place * DIM + j) / 7), 0),
    0,
  );
  expect(found).toMatchObject({
    schema: "list<element: float not null>",
    columns: ["path", "label", "features"],
    paths: places.map((place) => names[place]),
    labels: places.map((place) => labels[place]),
    ...{ "same paths": true, "same labels": true, "same features": true, mapped: true },
    dtype: "float32",
    shape: [COUNT - 1, DIM],
  });
  expect(found["sum"]).toBeCloseTo(sum, 3);
});
