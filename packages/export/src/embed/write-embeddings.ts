import { rename, rm } from "node:fs/promises";
import path from "node:path";

import { csvCell, writeWhole } from "@tssl/core/internal";
import { fileWriter, ParquetWriter } from "hyparquet-writer";

import { npyHeader } from "../npy.ts";
import { CHUNK, chunksAt } from "./rows-at.ts";
import type { RowsFile } from "./rows-file.ts";

/** The images of some rows. */
export interface EmbeddedImages {
  /** Places among all rows, in order: those that could be decoded. */
  readonly places: readonly number[];
  /** By place. */
  readonly names: readonly string[];
  /** The name of the class by place; absent where images have none. */
  readonly labels?: readonly string[];
}

/**
 * Writes rows with the paths and labels of their images: a .parquet file with the columns path, label and
 * features, or a .npy file with the rows and a .csv file beside it with the rest. Each is there whole or not
 * at all.
 */
export const writeEmbeddings = (
  file: string,
  rows: RowsFile,
  dim: number,
  images: EmbeddedImages,
): Promise<void> =>
  path.extname(file) === ".npy" ? writeNpy(file, rows, dim, images) : writeParquet(file, rows, dim, images);

async function writeNpy(file: string, rows: RowsFile, dim: number, images: EmbeddedImages): Promise<void> {
  await writeWhole(csvBeside(file), csvText(images));
  await writeWhole(file, npyPieces(rows, dim, images.places));
}

/** Paths and labels of the rows of a .npy file. */
export const csvBeside = (file: string): string => file.replace(/\.npy$/, ".csv");

async function* npyPieces(
  rows: RowsFile,
  dim: number,
  places: readonly number[],
): AsyncGenerator<Uint8Array> {
  yield npyHeader("<f4", [places.length, dim]);
  for await (const values of chunksAt(rows, dim, places)) {
    yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
}

function csvText({ places, names, labels }: EmbeddedImages): string {
  const head = labels === undefined ? "path" : "path,label";
  const lines = places.map((place) =>
    [names[place]!, ...(labels === undefined ? [] : [labels[place]!])].map(csvCell).join(","),
  );
  return `${[head, ...lines].join("\n")}\n`;
}

async function writeParquet(
  file: string,
  rows: RowsFile,
  dim: number,
  images: EmbeddedImages,
): Promise<void> {
  const { places, names, labels } = images;
  const temporary = `${file}.${process.pid}.part`;
  try {
    const writer = new ParquetWriter({
      writer: fileWriter(temporary),
      schema: schemaOf(labels !== undefined),
    });
    let start = 0;
    for await (const values of chunksAt(rows, dim, places)) {
      const count = values.length / dim;
      const here = places.slice(start, start + count);
      const features = Array.from(here, (_, row) => Array.from(values.subarray(row * dim, (row + 1) * dim)));
      await writer.write({
        columnData: [
          { name: "path", data: here.map((place) => names[place]!) },
          ...(labels === undefined ? [] : [{ name: "label", data: here.map((place) => labels[place]!) }]),
          { name: "features", data: features, codec: "UNCOMPRESSED", encoding: "PLAIN", statistics: false },
        ],
        rowGroupSize: CHUNK,
      });
      start += count;
    }
    await writer.finish();
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

const textColumn = (name: string) =>
  ({ name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" }) as const;

/** path, label, and features as a list of floats. */
const schemaOf = (hasLabels: boolean) => [
  { name: "images", num_children: hasLabels ? 3 : 2 },
  textColumn("path"),
  ...(hasLabels ? [textColumn("label")] : []),
  { name: "features", repetition_type: "REQUIRED", num_children: 1, converted_type: "LIST" } as const,
  { name: "list", repetition_type: "REPEATED", num_children: 1 } as const,
  { name: "element", type: "FLOAT", repetition_type: "REQUIRED" } as const,
];
