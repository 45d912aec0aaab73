import { type ImageFile, readHeader } from "@tssl/augment-zoo";

/** Sides of images in pixels. */
export interface Sides {
  readonly smallest: number;
  readonly median: number;
  readonly largest: number;
}

/** Images that are looked at to know how large those of a set are. */
const LOOKED_AT = 32;

/** How large the images of a set are, in the median of some of them. */
export interface TypicalSize {
  readonly width: number;
  readonly height: number;
  /** Of how many images. */
  readonly of: number;
}

/** Reads the headers of 32 images that are spread over a set; undefined where none of them can be read. */
export async function typicalSize(files: readonly ImageFile[]): Promise<TypicalSize | undefined> {
  const many = Math.min(LOOKED_AT, files.length);
  const chosen = Array.from({ length: many }, (_, i) => files[Math.floor((i * files.length) / many)]!);
  const read = await Promise.all(chosen.map((file) => readHeader(file).catch(() => undefined)));
  const headers = read.filter((header) => header !== undefined);
  const [width, height] = [
    sidesOf(headers.map((each) => each.width)),
    sidesOf(headers.map((each) => each.height)),
  ];
  if (width === undefined || height === undefined) return undefined;
  return { width: width.median, height: height.median, of: headers.length };
}

/** Range and median; of an even number of sides the median is the mean of the two in the middle. */
export function sidesOf(sides: readonly number[]): Sides | undefined {
  if (sides.length === 0) return undefined;
  const sorted = Float64Array.from(sides).sort();
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
  return { smallest: sorted[0]!, median, largest: sorted.at(-1)! };
}
