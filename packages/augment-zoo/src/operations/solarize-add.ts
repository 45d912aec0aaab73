import type { Canvas } from "../canvas.ts";

/**
 * Adds to the levels below the threshold, clipped to 0 .. 255, and keeps the others. RandAugment's
 * SolarizeAdd (arXiv:1909.13719), which comes from AutoAugment's code; its threshold is 128.
 */
export function solarizeAdd(
  canvas: Canvas,
  { addition, threshold }: { readonly addition: number; readonly threshold: number },
): void {
  canvas.mapLevels(
    Uint8Array.from({ length: 256 }, (_, level) =>
      level < threshold ? Math.min(255, Math.max(0, level + addition)) : level,
    ),
  );
}
