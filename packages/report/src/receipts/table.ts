import path from "node:path";
import { fileURLToPath } from "node:url";

import {
  anything,
  listOf,
  number,
  object,
  readJsonFile,
  recordOf,
  type Shape,
  text,
  trueOrFalse,
  whole,
} from "@tssl/core/internal";

import { type Receipts, receiptShapes } from "./receipt.ts";

/** A system of the table, as rows.json states it. */
export interface Row {
  /** What `tssl reproduce` is given. */
  readonly id: string;
  readonly system: string;
  readonly paper: { readonly authors: string; readonly year: number; readonly url: string };
  /** The whole run on ImageNet. */
  readonly preset: string;
  readonly published: {
    /** Top-1 accuracy on ImageNet with a ResNet-50, in percent. */
    readonly top1: number;
    readonly protocol: string;
    /** Where the number stands. */
    readonly source: string;
  };
  /** What is to be said of the encoder on other tasks. */
  readonly transfer: {
    /** Mean average precision of linear SVMs on VOC07 in percent; absent where no source was found. */
    readonly svm?: { readonly meanPrecision: number; readonly protocol: string; readonly source: string };
    /** Whether detectron2 has the preset's encoder, so that `tssl export --to detectron2` writes it. */
    readonly detection: boolean;
  };
  /** The plugins whose step is timed beside MoCo's. */
  readonly plugins: readonly Readonly<Record<string, unknown>>[];
}

/** A row with what was measured of it. */
export interface MeasuredRow extends Row {
  readonly receipts: Receipts;
}

const percentage = number({ minimum: 0, maximum: 100 });

const rowsShape: Shape<readonly Row[]> = listOf(
  object({
    id: text,
    system: text,
    paper: object({ authors: text, year: whole(1900), url: text }),
    preset: text,
    published: object({ top1: percentage, protocol: text, source: text }),
    transfer: object(
      { detection: trueOrFalse },
      { svm: object({ meanPrecision: percentage, protocol: text, source: text }) },
    ),
    plugins: listOf(recordOf(anything), { atLeast: 1 }),
  }),
);

/** Rows and receipts of this package: `rows.json`, and `<row>/<kind>.json`. */
export const RECEIPTS = fileURLToPath(new URL("../../receipts", import.meta.url));

/**
 * The table: its rows, each with the receipts that there are.
 *
 * @param folder of rows and receipts. Default: those that this package ships.
 * @throws {TsslError} FILE_DAMAGED naming the file and the place where one is not of its shape.
 */
export async function readTable(folder: string = RECEIPTS): Promise<readonly MeasuredRow[]> {
  const rows = (await readJsonFile(path.join(folder, "rows.json"), rowsShape)) ?? [];
  return Promise.all(rows.map(async (row) => ({ ...row, receipts: await readReceipts(folder, row.id) })));
}

async function readReceipts(folder: string, id: string): Promise<Receipts> {
  const file = (kind: keyof Receipts) => path.join(folder, id, `${kind}.json`);
  const [parity, curve, cost] = await Promise.all([
    readJsonFile(file("parity"), receiptShapes.parity),
    readJsonFile(file("curve"), receiptShapes.curve),
    readJsonFile(file("cost"), receiptShapes.cost),
  ]);
  return {
    ...(parity === undefined ? {} : { parity }),
    ...(curve === undefined ? {} : { curve }),
    ...(cost === undefined ? {} : { cost }),
  };
}
