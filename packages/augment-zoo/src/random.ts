/**
 * A random stream with a key: the same key gives the same numbers on any machine, in any thread and in any
 * order of calls.
 *
 * A view of an image draws from the stream of (seed, epoch, image, view name). It does not depend on the
 * number of workers or on other images.
 */
export interface Random {
  /** Uniform in [0, 1), 32 random bits. */
  uniform(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** A uniform integer in 0 .. below - 1. */
  integer(below: number): number;
  /** Standard normal. */
  normal(): number;
  /** True with this probability. Always draws one number. */
  chance(probability: number): boolean;
  /** The integers 0 .. n - 1 in random order. */
  permutation(n: number): Int32Array;
}

/**
 * Opens the stream of a key. It takes about a microsecond, short enough for one stream per view of each
 * image.
 *
 * The generator is sfc32 (Doty-Humphrey, PractRand): 128 bits of state, filled by a hash of all parts of the
 * key. A number and the string that spells it are different parts, and ("ab", "c") is not ("a", "bc").
 *
 * @example
 * ```ts
 * randomStream(1, "query", 42).uniform(); // => 0.957065599039197
 * ```
 */
export function randomStream(...key: readonly (string | number)[]): Random {
  let [a, b, c, d] = hashKey(key);

  const next = (): number => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) next();

  const uniform = (): number => next() / 4294967296;
  const integer = (below: number): number => Math.floor(uniform() * below);
  return {
    uniform,
    integer,
    between: (low, high) => low + uniform() * (high - low),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    chance: (probability) => uniform() < probability,
    permutation(n) {
      const order = Int32Array.from({ length: n }, (_, i) => i);
      for (let i = n - 1; i > 0; i--) {
        const j = integer(i + 1);
        [order[i], order[j]] = [order[j]!, order[i]!];
      }
      return order;
    },
  };
}

const float64 = new Float64Array(1);
const words = new Uint32Array(float64.buffer);

/** Four lanes of multiply and rotate over the key's words, then MurmurHash3's finalizer across the lanes. */
function hashKey(key: readonly (string | number)[]): [number, number, number, number] {
  let [a, b, c, d] = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344]; // digits of pi
  const take = (word: number): void => {
    a = Math.imul(rotate(a ^ word, 13), 0xcc9e2d51) + 0x1b873593;
    b = Math.imul(rotate(b ^ word ^ a, 15), 0x9e3779b1) + 0x85ebca6b;
    c = Math.imul(rotate(c ^ word ^ b, 17), 0x85ebca77) + 0xc2b2ae35;
    d = Math.imul(rotate(d ^ word ^ c, 19), 0xc2b2ae3d) + 0x27d4eb2f;
  };
  for (const part of key) {
    if (typeof part === "number") {
      float64[0] = part + 0; // -0 is 0
      take(1);
      take(words[0]!);
      take(words[1]!);
    } else {
      take(2);
      take(part.length);
      for (let i = 0; i < part.length; i++) take(part.charCodeAt(i));
    }
  }
  take(key.length);
  a = finalize(a ^ d);
  b = finalize(b ^ a);
  c = finalize(c ^ b);
  d = finalize(d ^ c);
  return [a, b, c, d];
}

function rotate(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}

function finalize(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
