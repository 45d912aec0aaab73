import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { tensorsLeft } from "../testing/index.ts";
import { philox } from "./philox.ts";

type Counter = [number, number, number, number];

const drawn = (counters: readonly Counter[], key: [number, number]): string[][] => {
  const word = (i: number) =>
    tf.tensor1d(
      counters.map((counter) => counter[i]! | 0),
      "int32",
    );
  const words = philox([word(0), word(1), word(2), word(3)], key).map((each) => each.dataSync());
  return counters.map((_, n) => words.map((each) => (each[n]! >>> 0).toString(16).padStart(8, "0")));
};

/** The same in BigInt, for counters that nobody has published. */
function byHand(counter: Counter, key: [number, number]): string[] {
  const mask = 0xffffffffn;
  let [c0, c1, c2, c3] = counter.map((word) => BigInt(word >>> 0)) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map((word) => BigInt(word >>> 0)) as [bigint, bigint];
  for (let round = 0; round < 10; round++) {
    const [a, b] = [c0 * 0xd2511f53n, c2 * 0xcd9e8d57n];
    [c0, c1, c2, c3] = [(b >> 32n) ^ c1 ^ k0, b & mask, (a >> 32n) ^ c3 ^ k1, a & mask];
    [k0, k1] = [(k0 + 0x9e3779b9n) & mask, (k1 + 0xbb67ae85n) & mask];
  }
  return [c0, c1, c2, c3].map((word) => word.toString(16).padStart(8, "0"));
}

beforeAll(() => startEngine({ device: "cpu" }));

describe("philox", () => {
  // kat_vectors of Random123, "philox4x32 10".
  it.each<[Counter, [number, number], string]>([
    [[0, 0, 0, 0], [0, 0], "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      "408f276d 41c83b0e a20bc7c6 6d5451fd",
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      "d16cfe09 94fdcceb 5001e420 24126ea1",
    ],
  ])("gives the published vectors: %j", (counter, key, want) => {
    expect(drawn([counter], key)[0]!.join(" ")).toBe(want);
  });

  it("gives each counter its own words, those of the definition", () => {
    const counters = Array.from({ length: 50 }, (_, i): Counter => [i, 7 * i, 1e9 + i, -i]);
    const key: [number, number] = [0xdeadbeef, 12345];
    expect(drawn(counters, key)).toEqual(counters.map((counter) => byHand(counter, key)));
  });

  it("leaves nothing behind but its words", () => {
    const counter = tf.tensor1d([1, 2, 3], "int32");
    expect(tensorsLeft(() => tf.dispose(philox([counter, counter, counter, counter], [1, 2])))).toBe(0);
  });
});
