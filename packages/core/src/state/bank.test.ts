import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { assertClose, fill, numbersOf, refusal, tensorsLeft } from "../testing/index.ts";
import { type Bank, type BankOptions, createBank } from "./bank.ts";
import { createStateStore } from "./store.ts";

const [ROWS, DIM] = [5, 4];
const ids = (...values: number[]) => tf.tensor1d(values, "int32");
const rows = (name: string, count: number) => tf.tensor2d(fill(name, count * DIM, 1), [count, DIM]);

const bankOf = (options: Partial<BankOptions> & { seed?: number } = {}): Bank =>
  createBank(createStateStore(), "bank", { rows: ROWS, dim: DIM, keep: 0.5, seed: 1, ...options });

const unit = (row: readonly number[]) => row.map((x) => x / Math.hypot(...row));
const lists = (tensor: tf.Tensor2D) => tensor.arraySync();

beforeAll(() => startEngine({ device: "cpu" }));

describe("a bank", () => {
  it("starts with directions, fixed by seed and name", () => {
    const [one, same, other] = [bankOf(), bankOf(), bankOf({ seed: 2 })].map((bank) => lists(bank.all()));
    expect(one).toEqual(same);
    expect(one).not.toEqual(other);
    for (const row of one!) expect(Math.hypot(...row)).toBeCloseTo(1, 6);
  });

  it("starts, where InstDisc's code is asked for, uniform in ±sqrt(3 / dim): of length 1 in expectation", () => {
    const bank = bankOf({ rows: 4000, initial: "uniform" });
    const values = Array.from(numbersOf(bank.all()));
    const bound = Math.sqrt(3 / DIM);
    expect(values.reduce((a, b) => Math.max(a, b))).toBeLessThanOrEqual(bound);
    expect(values.reduce((a, b) => Math.min(a, b))).toBeLessThan(-0.99 * bound);
    const meanSquare = values.reduce((sum, x) => sum + x * x, 0) / 4000;
    expect(meanSquare).toBeCloseTo(1, 1);
  });

  it("gives rows by id, alone and in groups", () => {
    const bank = bankOf();
    const all = lists(bank.all());
    expect(lists(bank.rows(ids(3, 0, 3)))).toEqual([all[3], all[0], all[3]]);
    expect(bank.rows(tf.tensor2d([[1, 2], [0, 4]], [2, 2], "int32")).arraySync()).toEqual([[all[1], all[2]], [all[0], all[4]]]); // prettier-ignore
  });

  it("moves rows to normalize(keep * old + (1 - keep) * new), and no others", () => {
    const bank = bankOf({ keep: 0.25 });
    const before = lists(bank.all());
    const added = rows("new", 2);
    bank.write(ids(4, 1), added);
    const after = lists(bank.all());
    const want = (id: number, i: number) =>
      unit(before[id]!.map((x, d) => 0.25 * x + 0.75 * lists(added)[i]![d]!));
    assertClose(after[4]!, want(4, 0), 1e-6);
    assertClose(after[1]!, want(1, 1), 1e-6);
    for (const id of [0, 2, 3]) expect(after[id]).toEqual(before[id]);
  });

  it("takes the last of equal ids", () => {
    const [twice, once] = [bankOf(), bankOf()];
    const added = rows("new", 3);
    twice.write(ids(2, 0, 2), added);
    once.write(ids(0, 2), tf.gather(added, ids(1, 2)));
    expect(lists(twice.all())).toEqual(lists(once.all()));
  });

  it("refuses rows of another length or number, and a keep that is no share", async () => {
    expect(await refusal(() => bankOf().write(ids(1), tf.zeros([1, 3])))).toBe(
      'SHAPE_MISMATCH: bank "bank": written rows must have shape [1, 4], got [1, 3].',
    );
    expect(await refusal(() => bankOf().write(ids(1), rows("new", 2)))).toMatch(
      /must have shape \[1, 4\], got \[2, 4\]/,
    );
    expect(await refusal(() => bankOf({ keep: 1.5 }))).toMatch(/keep must be from 0 to 1, got 1.5/);
  });

  it("leaves nothing behind", () => {
    const bank = bankOf();
    const [id, added] = [ids(2), rows("new", 1)];
    bank.write(id, added);
    expect(tensorsLeft(() => bank.write(id, added))).toBe(0);
  });
});
