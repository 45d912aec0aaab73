import { koffi, memoryAt, type Pointer } from "../foreign-functions.ts";

/** A field of a struct: a number, or a pointer. */
export type Word = bigint | number;

/**
 * Words behind each struct that are not counted in its size. A newer plugin knows more fields, and some write
 * their results without a look at the size.
 */
const MARGIN = 16;

/** A struct of PJRT: its size, no extensions, then the fields. */
export function struct(fields: readonly Word[]): BigUint64Array<ArrayBuffer> {
  const size = 2 + fields.length;
  const words = new BigUint64Array(new ArrayBuffer(8 * (size + MARGIN)));
  words.set([BigInt(8 * size), 0n, ...fields.map(BigInt)]);
  return words;
}

/** Where an array lies, which no garbage collection moves; 0 for an empty one. */
export const addressOf = (array: NodeJS.TypedArray): Pointer =>
  array.byteLength === 0 ? 0n : koffi.address(array);

export const bytesOfText = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A copy of the text at a pointer. */
export const textAt = (pointer: Pointer, size: Word): string =>
  Number(size) === 0 ? "" : Buffer.from(memoryAt(pointer, Number(size))).toString();

/** A copy of the pointers, or other whole words, at a pointer. */
export const wordsAt = (pointer: Pointer, count: Word): bigint[] =>
  Number(count) === 0
    ? []
    : Array.from(new BigUint64Array(memoryAt(pointer, 8 * Number(count)).slice().buffer));

/** Something that a struct points to, with all that lies behind it: to be kept until the call has ended. */
export interface Pointed {
  readonly pointer: Pointer;
  readonly alive: readonly unknown[];
}

/** A program in MLIR's text. */
export function programStruct(text: string): Pointed {
  const [code, format] = [bytesOfText(text), bytesOfText("mlir")];
  const words = struct([addressOf(code), code.length, addressOf(format), format.length]);
  return { pointer: addressOf(words), alive: [words, code, format] };
}

/** The layout of an array in row-major order. */
export function rowMajorLayout(rank: number): Pointed {
  const order = BigInt64Array.from({ length: rank }, (_, i) => BigInt(rank - 1 - i));
  const tiled = struct([addressOf(order), rank, 0, 0, 0]);
  const words = struct([...tiled.subarray(0, 7), 0 /* the kind: tiled */]);
  return { pointer: addressOf(words), alive: [words, order] };
}

/** A setting of a client or a topology. */
export type NamedValue = string | number | boolean | readonly number[];

/** PJRT's numbers of the kinds of named values. */
const KIND = { text: 0, integer: 1, integers: 2, float: 3, boolean: 4 } as const;

/** A table of named values. */
export function namedValues(values: Readonly<Record<string, NamedValue>>): Pointed & { count: number } {
  const entries = Object.entries(values);
  const alive: unknown[] = [];
  const keep = (bytes: Uint8Array): Pointer => {
    alive.push(bytes);
    return addressOf(bytes);
  };
  const words = entries.flatMap(([name, value]) => {
    const nameBytes = bytesOfText(name);
    const head = [56n, 0n, keep(nameBytes), BigInt(nameBytes.length)];
    if (typeof value === "boolean") return [...head, BigInt(KIND.boolean), value ? 1n : 0n, 1n];
    if (typeof value === "string") {
      const bytes = bytesOfText(value);
      return [...head, BigInt(KIND.text), keep(bytes), BigInt(bytes.length)];
    }
    if (typeof value === "object") {
      const integers = BigInt64Array.from(value, BigInt);
      alive.push(integers);
      return [...head, BigInt(KIND.integers), addressOf(integers), BigInt(value.length)];
    }
    if (Number.isInteger(value))
      return [...head, BigInt(KIND.integer), BigInt.asUintN(64, BigInt(value)), 1n];
    const bits = new Uint32Array(Float32Array.of(value).buffer)[0]!;
    return [...head, BigInt(KIND.float), BigInt(bits), 1n];
  });
  const table = BigUint64Array.from(words);
  return { pointer: addressOf(table), alive: [table, ...alive], count: entries.length };
}
