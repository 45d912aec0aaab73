/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Pixels of a view: the side of a square, or `[height, width]`, in the order of arrays. */
export type ViewSize = number | readonly [height: number, width: number];

/** Width and height of a view. */
export const sizeOfView = (size: ViewSize): Size =>
  typeof size === "number" ? { width: size, height: size } : { width: size[1], height: size[0] };

/** A place in an image, in pixels from its left and its top edge. */
export interface Corner {
  readonly left: number;
  readonly top: number;
}

/** The first pixel of an image. */
export const CORNER: Corner = { left: 0, top: 0 };

/** A rectangle of whole pixels. */
export interface Box extends Size, Corner {}

/** An 8-bit RGB image: `height` rows of `width` pixels, three bytes each, no padding between rows. */
export interface Image extends Size {
  readonly data: Uint8Array;
}

/** The box of the whole image. */
export const wholeOf = ({ width, height }: Size): Box => ({ ...CORNER, width, height });
