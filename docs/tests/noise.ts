import { fill } from "@tssl/engine/testing";

/**
 * Images of one colour each, with noise: noise alone looks the same to a network, image by image.
 *
 * @param name of the view, which fixes the bytes. @param shape `[count, …]`.
 */
export function noise(name: string, [count, ...rest]: readonly number[]): Uint8Array {
  const size = rest.reduce((product, n) => product * n, 1);
  const colours = fill(`${name} colour`, count! * 3, 64);
  const values = fill(name, count! * size, 64);
  return Uint8Array.from(values, (x, i) => 128 + x + colours[Math.floor(i / size) * 3 + (i % 3)]!);
}
