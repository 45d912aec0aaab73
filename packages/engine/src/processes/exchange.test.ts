import { expect, it } from "vitest";

import { assertClose, fill } from "../testing/index.ts";
import { type Exchange, exchangeOver } from "./exchange.ts";
import { openRing, type RingTimes } from "./ring.ts";
import { freeGroup } from "./ring.test.data.ts";

const TIMES: RingTimes = { patience: 10, beat: 0.05, silence: 1 };

async function exchanges(count: number, times = TIMES): Promise<readonly Exchange[]> {
  const group = await freeGroup(count);
  return group.map((each) => exchangeOver(each, openRing(each, times)));
}
const numbersOf = (rank: number, length: number): Float32Array => fill(`process ${rank}`, length, 2);

it.each([
  [2, 10],
  [3, 1],
  [3, 1000],
  [5, 3],
  [4, 300_001],
])("%i processes add up %i numbers each, to the same bits", async (count, length) => {
  const all = await exchanges(count);
  const sums = all.map((_, rank) => numbersOf(rank, length));
  await Promise.all(all.map((exchange, rank) => exchange.sum(sums[rank]!)));
  const bits = sums.map(({ buffer }) => Buffer.from(buffer));
  for (const each of bits) expect(each.equals(bits[0]!)).toBe(true);
  const given = all.map((_, rank) => numbersOf(rank, length));
  const wanted = sums[0]!.map((_, i) => given.reduce((sum, numbers) => sum + numbers[i]!, 0));
  assertClose(sums[0]!, wanted, 1e-6);
});

it("gathers the bytes of all, in their order", async () => {
  const all = await exchanges(3);
  const rows = await Promise.all(all.map((exchange, rank) => exchange.gather(Uint8Array.of(rank, 7))));
  for (const each of rows) expect(each).toEqual(Uint8Array.of(0, 7, 1, 7, 2, 7));
});

it("does one after another, and nothing for no numbers", async () => {
  const all = await exchanges(2);
  const turn = async (exchange: Exchange, rank: number): Promise<readonly number[]> => {
    const found = [];
    for (let round = 0; round < 50; round++) {
      const values = Float32Array.of(rank, round);
      await exchange.sum(values);
      await exchange.sum(new Float32Array(0));
      found.push(values[0]! + values[1]!);
    }
    return found;
  };
  const rounds = Array.from({ length: 50 }, (_, round) => 1 + 2 * round);
  expect(await Promise.all(all.map(turn))).toEqual([rounds, rounds]);
});
