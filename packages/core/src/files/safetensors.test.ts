import { describe, expect, it } from "vitest";

import { arrayTruncated, arrayTypeUnknown } from "../messages.ts";
import { refusal, refusedWith } from "../testing/refusal.ts";
import { decodeSafetensors, encodeSafetensors, type NamedArray } from "./safetensors.ts";

const arrays: Record<string, NamedArray> = {
  "encoder.weight": { shape: [2, 3], data: Float32Array.of(1, -2.5, 3, Math.fround(0.1), 1e-30, -0) },
  pixels: { shape: [1, 3], data: Uint8Array.of(0, 128, 255) },
  cursor: { shape: [], data: Int32Array.of(-7) },
  empty: { shape: [0, 4], data: new Float32Array(0) },
};

describe("safetensors", () => {
  it("reads what it wrote", () => {
    const file = encodeSafetensors(arrays, { note: "ä" });
    expect(decodeSafetensors(file, "x")).toEqual(arrays);
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
});
