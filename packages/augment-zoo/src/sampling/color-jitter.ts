import type { AppliedOperation } from "../applied.ts";
import type { Random } from "../random.ts";

/**
 * Ranges of the factors: 1 +- value, at least 0, for brightness, contrast and saturation; +- value, at most
 * 0.5, for hue.
 */
export interface ColorJitterStrength {
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
  readonly hue: number;
}

const names = ["brightness", "contrast", "saturation", "hue"] as const;

/**
 * torchvision's `ColorJitter`: uniform factors, in random order. A strength of 0 leaves its operation out.
 */
export function sampleColorJitter(strength: ColorJitterStrength, random: Random): AppliedOperation[] {
  const jittered: AppliedOperation[] = [];
  for (const i of random.permutation(names.length)) {
    const op = names[i]!;
    const reach = strength[op];
    const middle = op === "hue" ? 0 : 1;
    const low = op === "hue" ? -reach : Math.max(0, middle - reach);
    if (reach > 0) jittered.push({ op, factor: random.between(low, middle + reach) });
  }
  return jittered;
}
