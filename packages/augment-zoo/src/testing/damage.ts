import type { Random } from "../random.ts";

const kinds = ["noise", "cut short", "bits flipped", "bytes overwritten", "part repeated"] as const;

/**
 * A file as a disk or a download leaves it: cut short, with flipped bits, overwritten, with a part twice; or
 * nothing but noise.
 */
export function damage(file: Uint8Array, random: Random): { kind: string; bytes: Uint8Array } {
  const kind = kinds[random.integer(kinds.length)]!;
  const bytes = Uint8Array.from(file);
  const start = random.integer(file.length);
  const length = 1 + random.integer(Math.min(64, file.length - start));
  switch (kind) {
    case "noise":
      return { kind, bytes: noise(1 + random.integer(2000), random) };
    case "cut short":
      return { kind, bytes: bytes.subarray(0, start) };
    case "bits flipped":
      for (let i = 0; i <= random.integer(8); i++)
        bytes[random.integer(file.length)]! ^= 1 << random.integer(8);
      return { kind, bytes };
    case "bytes overwritten":
      bytes.set(noise(length, random), start);
      return { kind, bytes };
    case "part repeated":
      return { kind, bytes: Buffer.concat([bytes.subarray(0, start + length), bytes.subarray(start)]) };
  }
}

function noise(length: number, random: Random): Uint8Array {
  return Uint8Array.from({ length }, () => random.integer(256));
}
