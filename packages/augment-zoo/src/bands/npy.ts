import { npyUnusable } from "../messages/bands.ts";
import { corruptImage } from "../messages/images.ts";
import { BYTES_OF, readSample, type Samples, type SampleType } from "./samples.ts";

/** How a file of NumPy begins. */
const MAGIC = "\x93NUMPY";

/** NumPy's names of types: order of bytes, kind, bytes. */
const TYPES: Readonly<Record<string, SampleType>> = {
  u1: "uint8",
  u2: "uint16",
  i2: "int16",
  f4: "float32",
};

/** What the header of a .npy file says. */
export interface NpyHeader {
  readonly type: SampleType;
  readonly isLittle: boolean;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Where the numbers begin. */
  readonly start: number;
}

/** Whether a file begins as NumPy's arrays do. */
export const isNpy = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(6, bytes.length)).toString("latin1") === MAGIC;

/**
 * Reads the header of an array that is an image: `[height, width]` or `[height, width, channels]`, in C's
 * order, of uint8, uint16, int16 or float32.
 *
 * @throws {ImageError} where it is another array, naming the file.
 */
export function npyHeader(name: string, bytes: Uint8Array): NpyHeader {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const wide = head[6] !== 1; // versions 2 and 3 have a longer length
  const start = head.length < 12 ? 0 : wide ? head.readUInt32LE(8) + 12 : head.readUInt16LE(8) + 10;
  const text = head.toString("latin1", wide ? 12 : 10, start);
  const [, order, kind] = /'descr':\s*'([<>|=]?)(\w+)'/.exec(text) ?? [];
  const [, shapeText] = /'shape':\s*\(([\d,\sL]*)\)/.exec(text) ?? [];
  if (kind === undefined || shapeText === undefined) throw npyUnusable(name, "a header that is none");
  const type = TYPES[kind];
  if (type === undefined) throw npyUnusable(name, `numbers of the type ${kind}`);
  if (/'fortran_order':\s*True/.test(text)) throw npyUnusable(name, "columns before rows (Fortran's order)");
  const shape = shapeText.split(",").flatMap((side) => (side.trim() === "" ? [] : [Number.parseInt(side)]));
  const [height, width, channels = 1] = shape;
  if (shape.length < 2 || shape.length > 3 || shape.some((side) => side < 1)) {
    throw npyUnusable(name, `the shape [${shape.join(", ")}]`);
  }
  return { type, isLittle: order !== ">", width: width!, height: height!, channels, start };
}

/** Reads an array of NumPy. @throws {ImageError} as `npyHeader`, or where it is cut short. */
export function readNpy(name: string, bytes: Uint8Array): Samples {
  const { type, isLittle, start, ...shape } = npyHeader(name, bytes);
  const count = shape.width * shape.height * shape.channels;
  if (start + count * BYTES_OF[type] > bytes.length) {
    throw corruptImage(name, `too few numbers for its shape`, bytes.length, undefined);
  }
  const read = readSample(type, new DataView(bytes.buffer, bytes.byteOffset + start), isLittle);
  const data = Float32Array.from({ length: count }, (_, i) => read(i * BYTES_OF[type]));
  return { ...shape, type, data };
}
