import type { HostValues } from "@tssl/engine";

import { arrayTruncated, arrayTypeUnknown, notSafetensors } from "../messages.ts";

/** A named array as safetensors keeps it. */
export interface NamedArray {
  readonly shape: readonly number[];
  readonly data: HostValues;
}

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

/**
 * Writes arrays in the safetensors format: 8 bytes with the length of a JSON header, the header, the raw
 * little-endian values. Holds data alone, so nothing can run when it is read. Python reads it with
 * `safetensors.numpy.load_file`.
 *
 * @param metadata strings that travel in the header.
 */
export function encodeSafetensors(
  arrays: Readonly<Record<string, NamedArray>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
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
  const file = Buffer.alloc(8 + json.length + offset);
  file.writeBigUInt64LE(BigInt(json.length));
  json.copy(file, 8);
  let at = 8 + json.length;
  for (const [, { data }] of widestFirst) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

/**
 * Reads what `encodeSafetensors`, or any other writer of the format, wrote; float32, int32 and uint8 arrays.
 *
 * @param source named in errors.
 * @throws {TsslError} CHECKPOINT if the file is cut short or not of this format.
 */
export function decodeSafetensors(file: Uint8Array, source: string): Record<string, NamedArray> {
  try {
    const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
    const headerLength = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString("utf8", 8, 8 + headerLength)) as Record<string, HeaderEntry>;
    const arrays: Record<string, NamedArray> = {};
    for (const [name, entry] of Object.entries(header)) {
      if (name === "__metadata__") continue;
      arrays[name] = { shape: entry.shape, data: readArray(bytes, 8 + headerLength, name, entry) };
    }
    return arrays;
  } catch (error) {
    throw notSafetensors(source, error);
  }
}

function dtypeOf(data: HostValues): string {
  if (data instanceof Float32Array) return "F32";
  return data instanceof Int32Array ? "I32" : "U8";
}

function readArray(
  bytes: Buffer,
  base: number,
  name: string,
  { dtype, data_offsets }: HeaderEntry,
): HostValues {
  const [from, to] = data_offsets;
  if (base + to > bytes.length) throw arrayTruncated(name, base + to, bytes.length);
  const copy = new Uint8Array(bytes.subarray(base + from, base + to)).buffer; // aligned for the typed array
  if (dtype === "F32") return new Float32Array(copy);
  if (dtype === "I32") return new Int32Array(copy);
  if (dtype === "U8") return new Uint8Array(copy);
  throw arrayTypeUnknown(name, dtype);
}
