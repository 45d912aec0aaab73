import { isUtf8 } from "node:buffer";
import type { FileHandle } from "node:fs/promises";

import type { HostValues } from "@tssl/engine";

import {
  arrayMisplaced,
  arrayOfOtherSize,
  arrayTruncated,
  arrayTypeUnknown,
  bytesLeft,
  headerNotText,
  headerTooLarge,
  headerTooShort,
  headerTruncated,
  headerWrong,
  keyTwice,
  notSafetensors,
} from "../messages/checkpoint.ts";
import { fileUnreadable } from "../messages/run-folder.ts";
import { isMissing } from "./is-missing.ts";
import { checkedJson, checkedValue } from "./json-file.ts";
import { readInto, readRegularFile } from "./regular-file.ts";
import { anything, listOf, object, recordOf, text, whole } from "./shapes.ts";

/** A named array as safetensors keeps it. */
export interface NamedArray {
  readonly shape: readonly number[];
  readonly data: HostValues;
}

/** What a file may hold besides: 64-bit integers, in which PyTorch counts batches, and float16 as its bits. */
export interface WritableArray {
  readonly shape: readonly number[];
  readonly data: HostValues | BigInt64Array | Uint16Array;
}

/**
 * Writes arrays in the safetensors format: 8 bytes with the length of a JSON header, the header, the raw
 * little-endian values. Holds data alone, so nothing can run when it is read. Python reads it with
 * `safetensors.numpy.load_file`.
 *
 * @param metadata strings that travel in the header.
 */
export const encodeSafetensors = (
  arrays: Readonly<Record<string, WritableArray>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array => Buffer.concat(safetensorsPieces(arrays, metadata));

/**
 * The same in pieces, one after another: the header, then the values of each array, which are not copied. A
 * file of more than 4 GiB fits into no array of Node's.
 */
export function safetensorsPieces(
  arrays: Readonly<Record<string, WritableArray>>,
  metadata: Readonly<Record<string, string>> = {},
): readonly Uint8Array[] {
  const header: Record<string, unknown> = { __metadata__: metadata };
  // So that every array starts at a multiple of its elements' size, which some readers want.
  const widestFirst = Object.entries(arrays).sort(
    ([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT,
  );
  let offset = 0;
  for (const [name, { shape, data }] of widestFirst) {
    header[name] = { dtype: dtypeOf(data), shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = JSON.stringify(header);
  // The format wants the values to start on a multiple of 8 bytes; spaces after the JSON are allowed.
  const json = Buffer.from(text.padEnd(text.length + ((8 - (Buffer.byteLength(text) % 8)) % 8)));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigUInt64LE(BigInt(json.length));
  const values = widestFirst.map(
    ([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  );
  return [length, json, ...values];
}

/** Bytes of the largest header that is read: the bound of the format's own reader. */
const LARGEST_HEADER = 100_000_000;

const LENGTH_BYTES = 8;

/** Bytes of a value, by the format's name of its type. */
const WIDTHS = {
  ...{ F64: 8, F32: 4, F16: 2, BF16: 2 },
  ...{ I64: 8, I32: 4, I16: 2, I8: 1, U64: 8, U32: 4, U16: 2, U8: 1, BOOL: 1 },
} as const;

/** A type that safetensors files of this field hold. */
export type StoredType = keyof typeof WIDTHS;

const [headerShape, metadataShape] = [recordOf(anything), recordOf(text)];

const entryShape = object({
  dtype: text,
  shape: listOf(whole()),
  data_offsets: listOf(whole(), { atLeast: 2 }),
});

/**
 * Reads what `encodeSafetensors`, or any other writer of the format, wrote; float32, int32 and uint8 arrays.
 * It is as strict as the format's own reader, see `storedArrays`.
 *
 * @param source named in errors.
 * @throws {TsslError} CHECKPOINT if the file is cut short or not of this format.
 */
export function decodeSafetensors(file: Uint8Array, source: string): Record<string, NamedArray> {
  try {
    return Object.fromEntries(storedArrays(file).arrays.map((array) => [array.name, valuesOf(array)]));
  } catch (error) {
    throw notSafetensors(source, error);
  }
}

/** An array as a file has it, in little-endian bytes that start anywhere. */
export interface StoredArray {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** What a safetensors file holds. */
export interface StoredFile {
  readonly arrays: readonly StoredArray[];
  /** Texts by their keys. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The arrays of a safetensors file, in the header's order. It is as strict as the format's own reader: arrays
 * follow each other without gaps or overlaps to the end of the file, and each has as many bytes as its shape
 * takes. No name stands twice.
 *
 * @throws {Error} the reason why it is none.
 */
export function storedArrays(file: Uint8Array): StoredFile {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const base = baseIn(bytes, bytes.length);
  const { entries, metadata } = readHeader(bytes.subarray(LENGTH_BYTES, base));
  requireWhole(entries, base, bytes.length);
  const arrays = entries.map(([name, { type, shape, from, to }]) => ({
    ...{ name, type, shape },
    bytes: bytes.subarray(base + from, base + to),
  }));
  return { arrays, metadata };
}

/** Holds what a header says to the size of its file. */
function requireWhole(entries: Header["entries"], base: number, size: number): void {
  const inOrder = [...entries].sort(([, a], [, b]) => a.from - b.from || a.to - b.to);
  let end = 0;
  for (const [name, { from, to, type, shape }] of inOrder) {
    if (base + to > size) throw arrayTruncated(name, base + to, size);
    if (from !== end || to < from) throw arrayMisplaced(name, from, end);
    const wanted = shape.reduce((product, side) => product * side, WIDTHS[type]);
    if (to - from !== wanted) throw arrayOfOtherSize(name, to - from, wanted);
    end = to;
  }
  if (base + end !== size) throw bytesLeft(base + end, size);
}

/**
 * Reads a file of any size, array by array; each may have 4 GiB. It is as strict as `decodeSafetensors`.
 *
 * @param source named in errors.
 * @throws {TsslError} CHECKPOINT as `decodeSafetensors`.
 */
export async function readArrays(handle: FileHandle, source: string): Promise<Record<string, NamedArray>> {
  try {
    const { size } = await handle.stat();
    const beginning = Buffer.alloc(LENGTH_BYTES);
    const base = baseIn(beginning.subarray(0, await readInto(beginning, handle, 0)), size);
    const header = Buffer.alloc(base - LENGTH_BYTES);
    await readInto(header, handle, LENGTH_BYTES);
    const { entries } = readHeader(header);
    requireWhole(entries, base, size);
    const arrays: (readonly [string, NamedArray])[] = [];
    for (const [name, { type, shape, from, to }] of entries) {
      const bytes = new Uint8Array(to - from);
      await readInto(bytes, handle, base + from);
      arrays.push([name, valuesIn(name, type, shape, bytes.buffer)]);
    }
    return Object.fromEntries(arrays); // a name may be "__proto__"
  } catch (error) {
    throw notSafetensors(source, error);
  }
}

/**
 * Reads a safetensors file that a run keeps beside its checkpoints.
 *
 * @returns undefined where there is no such file.
 * @throws {TsslError} CHECKPOINT if it is not of this format; RUN_FOLDER if it cannot be read.
 */
export async function readSafetensors(file: string): Promise<Record<string, NamedArray> | undefined> {
  const bytes = await readRegularFile(file, LARGEST_FILE).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw fileUnreadable(file, error);
  });
  return bytes === undefined ? undefined : decodeSafetensors(bytes, file);
}

/** Bytes of the largest file that is read so: features of a thousand images with 65,536 values each. */
const LARGEST_FILE = 2 ** 28;

/** An array as the header tells of it. */
interface Entry {
  readonly type: StoredType;
  readonly shape: readonly number[];
  /** In bytes of the values. */
  readonly from: number;
  readonly to: number;
}

interface Header {
  /** In the header's order. */
  readonly entries: readonly (readonly [string, Entry])[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where the values of a file begin. @param beginning at least its first bytes. */
function baseIn(beginning: Buffer, size: number): number {
  if (beginning.length < LENGTH_BYTES) throw headerTooShort(beginning.length);
  const length = beginning.readBigUInt64LE(0);
  if (length > BigInt(LARGEST_HEADER)) throw headerTooLarge(length, LARGEST_HEADER);
  const base = LENGTH_BYTES + Number(length);
  if (base > size) throw headerTruncated(base, size);
  return base;
}

function readHeader(json: Buffer): Header {
  if (!isUtf8(json)) throw headerNotText();
  const header = checkedJson(json.toString("utf8"), headerShape);
  if (typeof header === "string") throw headerWrong(header);
  const bare = withoutStrings(json.toString("utf8"));
  if (membersIn(header.value) !== bare.split(":").length - 1) throw keyTwice();
  if (/\d[.eE]|-/.test(bare)) throw headerWrong("a number is not written as a whole number");
  const { __metadata__: metadata, ...arrays } = header.value;
  const told = metadata === undefined ? undefined : checkedValue(metadata, metadataShape);
  if (typeof told === "string") throw headerWrong(`__metadata__: ${told}`);
  return {
    entries: Object.entries(arrays).map(([name, entry]) => [name, entryOf(name, entry)]),
    metadata: told?.value ?? {},
  };
}

function entryOf(name: string, content: unknown): Entry {
  const checked = checkedValue(content, entryShape);
  if (typeof checked === "string") throw headerWrong(`"${name}": ${checked}`);
  const { dtype, shape, data_offsets: offsets } = checked.value;
  if (!isKnownType(dtype)) throw arrayTypeUnknown(name, dtype);
  const [from, to, ...more] = offsets as [number, number];
  if (more.length > 0) throw headerWrong(`"${name}": data_offsets must have 2 numbers`);
  return { type: dtype, shape, from, to };
}

const isKnownType = (dtype: string): dtype is StoredType => Object.hasOwn(WIDTHS, dtype);

/** How many keys all objects in a value have. */
const membersIn = (value: unknown): number =>
  typeof value !== "object" || value === null
    ? 0
    : Object.values(value).reduce<number>(
        (sum, inner) => sum + membersIn(inner),
        Array.isArray(value) ? 0 : Object.keys(value).length,
      );

/**
 * A JSON text but for its strings. Its colons are its keys: JSON.parse keeps the last of two that are the
 * same, and says nothing.
 */
const withoutStrings = (json: string): string => json.replaceAll(/"(?:[^"\\]|\\.)*"/g, "");

function dtypeOf(data: WritableArray["data"]): StoredType {
  if (data instanceof Float32Array) return "F32";
  if (data instanceof BigInt64Array) return "I64";
  if (data instanceof Uint16Array) return "F16";
  return data instanceof Int32Array ? "I32" : "U8";
}

const valuesOf = ({ name, type, shape, bytes }: StoredArray): NamedArray =>
  valuesIn(name, type, shape, new Uint8Array(bytes).buffer); // aligned for the typed array

function valuesIn(name: string, type: StoredType, shape: readonly number[], bytes: ArrayBuffer): NamedArray {
  switch (type) {
    case "F32":
      return { shape, data: new Float32Array(bytes) };
    case "I32":
      return { shape, data: new Int32Array(bytes) };
    case "U8":
      return { shape, data: new Uint8Array(bytes) };
    default:
      throw arrayTypeUnknown(name, type);
  }
}
