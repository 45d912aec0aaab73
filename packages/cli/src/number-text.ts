/** `0.3614` → `36.1 %`. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** A difference of two shares in percentage points: `0.065` → `+6.5 points`. */
export const points = (difference: number): string =>
  `${difference >= 0 ? "+" : ""}${(100 * difference).toFixed(1)} points`;

/** `42` → `42 s`, `65` → `1 min 05 s`, `12000` → `3 h 20 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const padded = (part: number) => String(part).padStart(2, "0");
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${padded(whole % 60)} s`;
  const inMinutes = Math.round(seconds / 60);
  return `${Math.floor(inMinutes / 60)} h ${padded(inMinutes % 60)} min`;
}

/** An amount of memory: `684 MiB`, from 1 GiB on `1.3 GiB`. */
export const bytes = (count: number): string =>
  count < 2 ** 30 ? `${(count / 2 ** 20).toFixed(0)} MiB` : `${(count / 2 ** 30).toFixed(1)} GiB`;
