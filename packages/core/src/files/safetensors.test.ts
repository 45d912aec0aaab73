import { writeFile } from "node:fs/promises";
import path from "node:path";

import { describe, expect, it } from "vitest";

import { arrayTruncated, arrayTypeUnknown } from "../messages/checkpoint.ts";
import { refusal, refusedWith } from "../testing/refusal.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { openRegularFile } from "./regular-file.ts";
import { decodeSafetensors, encodeSafetensors, type NamedArray, readArrays } from "./safetensors.ts";

const arrays: Record<string, NamedArray> = {
  "encoder.weight": { shape: [2, 3], data: Float32Array.of(1, -2.5, 3, Math.fround(0.1), 1e-30, -0) },
  pixels: { shape: [1, 3], data: Uint8Array.of(0, 128, 255) },
  cursor: { shape: [], data: Int32Array.of(-7) },
  empty: { shape: [0, 4], data: new Float32Array(0) },
};

/** Read from the disk, array by array. */
async function fromFile(bytes: Uint8Array): Promise<Record<string, NamedArray>> {
  const folder = await temporaryFolder();
  const file = path.join(folder.path, "x");
  await writeFile(file, bytes);
  const handle = await openRegularFile(file);
  try {
    return await readArrays(handle, "x");
  } finally {
    await handle.close();
    await folder.remove();
  }
}

/** A file with this header and so many bytes of values. */
function fileOf(
  header: string,
  valueBytes: number,
  headerLength = BigInt(Buffer.byteLength(header)),
): Uint8Array {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(headerLength);
  return Buffer.concat([length, Buffer.from(header), Buffer.alloc(valueBytes)]);
}

const entry = (shape: string, offsets: string, dtype = "F32") =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;
const one = entry("[1]", "[0,4]");

/**
 * What is wrong with a file, the file, what the Python library says of it (safetensors 0.8.0), and what we
 * say.
 */
const hostile: readonly (readonly [
  what: string,
  bytes: () => Uint8Array,
  reference: string,
  reason: string,
])[] = [
  ["nothing at all", () => new Uint8Array(), "header too small", "it has 0 bytes"],
  [
    "a header of 2^60 bytes",
    () => fileOf("{}", 0, 2n ** 60n),
    "header too large",
    "its header has 1152921504606846976 bytes",
  ],
  [
    "a header that is longer than the file",
    () => fileOf("{}", 0, 10n),
    "invalid header length",
    "its header ends at byte 18",
  ],
  [
    "a header that is not UTF-8",
    () => Buffer.concat([fileOf("", 0, 2n), Buffer.from([0xff, 0xfe])]),
    "invalid UTF-8 in header",
    "its header is not UTF-8",
  ],
  [
    "a header that is no object",
    () => fileOf("[]", 0),
    "invalid JSON in header",
    "in its header, it must be object",
  ],
  [
    "a header that is cut short",
    () => fileOf('{"a":', 0),
    "invalid JSON in header",
    "in its header, it is not whole",
  ],
  [
    "metadata that are no text",
    () => fileOf('{"__metadata__":{"a":1}}', 0),
    "invalid JSON in header",
    "in its header, __metadata__: a must be string, got 1",
  ],
  [
    "arrays that overlap",
    () => fileOf(`{"a":${one},"b":${entry("[1]", "[2,6]")}}`, 6),
    "invalid offset for tensor `b`",
    '"b" begins at byte 2 of the values, and must begin at 4',
  ],
  [
    "two arrays in one place",
    () => fileOf(`{"a":${one},"b":${one}}`, 4),
    "invalid offset for tensor",
    '"b" begins at byte 0 of the values, and must begin at 4',
  ],
  [
    "a gap between arrays",
    () => fileOf(`{"a":${one},"b":${entry("[1]", "[8,12]")}}`, 12),
    "invalid offset for tensor `b`",
    '"b" begins at byte 8 of the values, and must begin at 4',
  ],
  [
    "a gap before the first array",
    () => fileOf(`{"a":${entry("[1]", "[4,8]")}}`, 8),
    "invalid offset for tensor `a`",
    '"a" begins at byte 4 of the values, and must begin at 0',
  ],
  [
    "an array that ends before it begins",
    () => fileOf(`{"a":${entry("[1]", "[0,-4]")}}`, 4),
    "invalid JSON in header",
    "in its header, a number is not written as a whole number",
  ],
  [
    "a negative offset",
    () => fileOf(`{"a":${entry("[1]", "[-4,0]")}}`, 4),
    "invalid JSON in header",
    "in its header, a number is not written as a whole number",
  ],
  [
    "a fractional offset",
    () => fileOf(`{"a":${entry("[1]", "[0.5,4.5]")}}`, 5),
    "invalid JSON in header",
    "in its header, a number is not written as a whole number",
  ],
  [
    "a whole number written as a fraction",
    () => fileOf(`{"a":${entry("[1.0]", "[0,4]")}}`, 4),
    "invalid JSON in header",
    "in its header, a number is not written as a whole number",
  ],
  [
    "three offsets",
    () => fileOf(`{"a":${entry("[1]", "[0,4,8]")}}`, 8),
    "invalid JSON in header",
    'in its header, "a": data_offsets must have 2 numbers',
  ],
  [
    "one offset",
    () => fileOf(`{"a":${entry("[1]", "[0]")}}`, 4),
    "invalid JSON in header",
    'in its header, "a": data_offsets must NOT have fewer than 2 items',
  ],
  [
    "a shape of fewer values",
    () => fileOf(`{"a":${entry("[1]", "[0,8]")}}`, 8),
    "invalid shape, data type, or offset for tensor",
    '"a" has 8 bytes, and its shape takes 4',
  ],
  [
    "a shape of more values",
    () => fileOf(`{"a":${entry("[2,3]", "[0,4]")}}`, 4),
    "invalid shape, data type, or offset for tensor",
    '"a" has 4 bytes, and its shape takes 24',
  ],
  [
    "a shape whose size is beyond all numbers",
    () => fileOf(`{"a":${entry("[4294967296,4294967296,4294967296]", "[0,4]")}}`, 4),
    "overflow computing buffer size from shape and/or element type",
    '"a" has 4 bytes, and its shape takes',
  ],
  [
    "a type that nobody knows",
    () => fileOf(`{"a":${entry("[1]", "[0,4]", "X9")}}`, 4),
    "invalid JSON in header",
    '"a" has type X9, which cannot be read',
  ],
  [
    "bytes after the last array",
    () => fileOf(`{"a":${one}}`, 5),
    "incomplete metadata, file not fully covered",
    "its values end at byte",
  ],
  [
    "values without an array",
    () => fileOf("{}", 4),
    "incomplete metadata, file not fully covered",
    "its values end at byte 10",
  ],
  [
    "an array that ends after the file",
    () => fileOf(`{"a":${entry("[2]", "[0,8]")}}`, 4),
    "incomplete metadata, file not fully covered",
    '"a" ends at byte',
  ],
  [
    "a name that stands twice",
    () => fileOf(`{"a":${one},"a":${entry("[1]", "[4,8]")}}`, 8),
    "invalid offset for tensor `a`",
    "in its header, a name or a key stands twice",
  ],
  [
    "a key that stands twice",
    () => fileOf('{"a":{"dtype":"F32","dtype":"I32","shape":[1],"data_offsets":[0,4]}}', 4),
    "invalid JSON in header",
    "in its header, a name or a key stands twice",
  ],
  [
    "an array without a type",
    () => fileOf('{"a":{"shape":[1],"data_offsets":[0,4]}}', 4),
    "invalid JSON in header",
    'in its header, "a": dtype is missing',
  ],
];

describe("safetensors", () => {
  it("reads what it wrote", async () => {
    const file = encodeSafetensors(arrays, { note: "ä" });
    expect(decodeSafetensors(file, "x")).toEqual(arrays);
    expect(await fromFile(file)).toEqual(arrays);
  });

  it("reads from the middle of a buffer, at any alignment", () => {
    const file = encodeSafetensors(arrays);
    const within = new Uint8Array(file.length + 10);
    within.set(file, 3);
    expect(decodeSafetensors(within.subarray(3, 3 + file.length), "x")).toEqual(arrays);
  });

  it("lays the file out as the format says, byte for byte", () => {
    const file = encodeSafetensors({ a: { shape: [2], data: Float32Array.of(1, -2) }, b: { shape: [1], data: Int32Array.of(258) } }); // prettier-ignore
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    const headerLength = Number(view.getBigUint64(0, true));
    expect(headerLength % 8).toBe(0);
    const header = new TextDecoder().decode(file.subarray(8, 8 + headerLength));
    expect(JSON.parse(header)).toEqual({
      __metadata__: {},
      a: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
      b: { dtype: "I32", shape: [1], data_offsets: [8, 12] },
    });
    expect(header.trimEnd().endsWith("}")).toBe(true);
    expect([...file.subarray(8 + headerLength)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 2, 1, 0, 0]);
  });

  it("pads headers with letters of several bytes right", () => {
    for (const name of ["ä", "ää", "äää", "名"]) {
      const file = encodeSafetensors({ [name]: { shape: [1], data: Float32Array.of(5) } });
      expect(decodeSafetensors(file, "x")[name]!.data[0]).toBe(5);
    }
  });

  it("refuses a file that is cut short, wherever", async () => {
    const file = encodeSafetensors(arrays);
    for (const length of [0, 5, 20, file.length - 1]) {
      expect(await refusal(() => decodeSafetensors(file.subarray(0, length), "last.safetensors"))).toMatch(
        /^CHECKPOINT: last\.safetensors is not a valid safetensors file: .+\.$/,
      );
    }
    expect(await refusedWith(() => decodeSafetensors(file.subarray(0, file.length - 1), "x"))).toEqual({
      code: "CHECKPOINT",
      data: { source: "x", reason: arrayTruncated("pixels", file.length, file.length - 1).message },
    });
  });

  it("refuses a type that it does not know", async () => {
    const header = JSON.stringify({ a: { dtype: "BF16", shape: [1], data_offsets: [0, 2] } });
    const file = Buffer.concat([Buffer.alloc(8), Buffer.from(header), Buffer.alloc(2)]);
    file.writeBigUInt64LE(BigInt(header.length));
    expect(await refusedWith(() => decodeSafetensors(file, "x"))).toEqual({
      code: "CHECKPOINT",
      data: { source: "x", reason: arrayTypeUnknown("a", "BF16").message },
    });
  });

  it.each(hostile)(
    "refuses %s, as the format's own reader does",
    async (_what, bytes, _reference, reason) => {
      const refused = `CHECKPOINT: x is not a valid safetensors file: ${reason}`;
      expect(await refusal(() => decodeSafetensors(bytes(), "x"))).toContain(refused);
      expect(await refusal(() => fromFile(bytes()))).toContain(refused);
    },
  );

  it("reads what the format's own reader reads: any order, no metadata, arrays without values, any name", async () => {
    const file = fileOf(
      '{"b":{"dtype":"I32","shape":[],"data_offsets":[4,8]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},' +
        '"none":{"dtype":"U8","shape":[0,3],"data_offsets":[8,8]},"__proto__":{"dtype":"U8","shape":[2],"data_offsets":[8,10],"more":1}} ',
      10,
    );
    const read = decodeSafetensors(file, "x");
    expect(Object.keys(read)).toEqual(["b", "a", "none", "__proto__"]);
    expect(Object.entries(read).map(([, { shape }]) => shape)).toEqual([[], [1], [0, 3], [2]]);
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect(await fromFile(file)).toEqual(read);
    expect(Object.keys(await fromFile(file))).toEqual(Object.keys(read));
  });
});
