/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A rectangle of whole pixels. */
export interface Box extends Size {
  readonly left: number;
  readonly top: number;
}

/** An 8-bit RGB image: `height` rows of `width` pixels, three bytes each, no padding between rows. */
export interface Image extends Size {
  readonly data: Uint8Array;
}
