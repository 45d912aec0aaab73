/** Brightness of a pixel, 0 .. 255: ITU-R 601 in 16-bit fixed point, rounded. As `Image.convert("L")`. */
export function luma(red: number, green: number, blue: number): number {
  return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
}
