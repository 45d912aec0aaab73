import type { Canvas } from "../canvas.ts";

/**
 * Leaves one channel, 0 red, 1 green, 2 blue, as it is; each of the two others gets one level everywhere,
 * that of `colour`. As `Image.point` with a table of 768 levels.
 */
export function keepChannel(
  canvas: Canvas,
  { channel, colour }: { readonly channel: number; readonly colour: readonly [number, number, number] },
): void {
  const table = Uint8Array.from({ length: 768 }, (_, i) => {
    const of = i >> 8;
    return of === channel ? i & 255 : colour[of]!;
  });
  canvas.mapLevels(table);
}
