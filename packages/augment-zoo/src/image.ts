/** An 8-bit RGB image: `height` rows of `width` pixels, three bytes each, no padding between rows. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}
