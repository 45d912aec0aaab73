const MINUS = "\u2212";

/** `0.3614` → `36.1 %`; with `digits` 0, `36 %`. */
export const percent = (fraction: number, digits = 1): string =>
  Number.isFinite(fraction) ? `${(fraction * 100).toFixed(digits).replace("-", MINUS)} %` : "not a number";

/** `5000` → `5,000`. */
export const count = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 0 });

/** `1 image`, `5,000 images`; a plural that is no more than an s is made of the noun. */
export const counted = (value: number, noun: string, plural = `${noun}s`): string =>
  `${count(value)} ${value === 1 ? noun : plural}`;

/** Percentage points with a sign: `0.065` → `+6.5 points`. */
export const points = (difference: number): string => `${signedPoints(difference)} points`;

/** The same without the word: `0.065` → `+6.5`. */
export function signedPoints(difference: number): string {
  const rounded = Math.round(difference * 1000) / 10;
  const sign = rounded < 0 ? MINUS : "+";
  return `${sign}${Math.abs(rounded).toFixed(1)}`;
}

/** `1 epoch`, `10 epochs`, `2.5 epochs`. */
export const epochs = (value: number): string =>
  `${Number(value.toFixed(1))} ${value === 1 ? "epoch" : "epochs"}`;

/** `252` → `4 min 12 s`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "unknown";
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  const [h, min, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (h > 0) return min > 0 ? `${count(h)} h ${min} min` : `${count(h)} h`;
  if (min > 0) return s > 0 ? `${min} min ${s} s` : `${min} min`;
  return `${s} s`;
}

/** Three digits in binary units: `717225984` → `684 MiB`, `1449551462` → `1.35 GiB`. */
export function bytes(value: number): string {
  if (!Number.isFinite(value)) return "unknown";
  const power = Math.min(4, Math.floor(Math.log2(Math.max(1, Math.abs(value))) / 10));
  const scaled = value / 1024 ** power;
  const digits = power === 0 || Math.abs(scaled) >= 100 ? scaled.toFixed(0) : scaled.toPrecision(3);
  return `${digits.replace("-", MINUS)} ${UNITS[power]!}`;
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** Three or four digits that matter: `7.024`, `0.0313`, `3.2e-5`, `1,235`. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return "not a number";
  const size = Math.abs(value);
  if (size >= 1000) return count(value).replace("-", MINUS);
  if (size !== 0 && size < 0.001) return value.toExponential(1).replace(/-/g, MINUS);
  return String(Number(value.toPrecision(size >= 1 ? 4 : 3))).replace("-", MINUS);
}

/** Three significant digits. */
export const digits = (value: number): string => String(Number(value.toPrecision(3)));
