import type { Size } from "../image.ts";

/** The number types of files that are read as bands. */
export type SampleType = "uint8" | "uint16" | "int16" | "float32";

/** What a file holds, before a range is laid over it: rows of `width` pixels of `channels` numbers. */
export interface Samples extends Size {
  readonly channels: number;
  readonly type: SampleType;
  readonly data: ArrayLike<number>;
}

/** Bytes of a number. */
export const BYTES_OF: Readonly<Record<SampleType, number>> = { uint8: 1, uint16: 2, int16: 2, float32: 4 };

/** Reads one number of each type at a place. */
export const readSample = (type: SampleType, view: DataView, isLittle: boolean): ((at: number) => number) =>
  ({
    uint8: (at: number) => view.getUint8(at),
    uint16: (at: number) => view.getUint16(at, isLittle),
    int16: (at: number) => view.getInt16(at, isLittle),
    float32: (at: number) => view.getFloat32(at, isLittle),
  })[type];
