import { goldenDifferences, goldenTolerance } from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import { readTable } from "@tssl/report";
import { beforeAll, expect, it } from "vitest";

import { goldenCasesOf } from "./golden-cases.ts";
import { reproduceRow, type Reproduction } from "./reproduce-row.ts";

beforeAll(() => startEngine({ device: "cpu" }));

const row = (await readTable()).find(({ id }) => id === "simclr")!;
const [simclr] = await goldenCasesOf("simclr");

it("parity holds by PyTorch's steps, and not where less is allowed than what they differ by", async () => {
  const { parity } = row.receipts;
  const [measured] = parity!.cases;
  const strict = { ...measured!, tolerance: { ...measured!.tolerance, state: 1e-12 } };
  const receipts = { parity: { ...parity!, cases: [measured!, strict] } };
  const found: Reproduction[] = [];
  for await (const each of reproduceRow({ ...row, receipts }, row)) found.push(each);
  expect(found.map(({ holds }) => holds)).toEqual([true, false]);
  expect(found[0]!.sentence).toMatch(
    /^10 steps of simclr-steps differ from PyTorch's by: loss \d\.\de-\d \(allowed/,
  );
});

it("the differences of steps are those that a reference with other numbers has", async () => {
  const { golden } = simclr!;
  const steps = golden.steps.map(({ terms, state, velocities, ...step }, i) => ({
    ...step,
    terms: i === 3 ? { "simclr/ntXent": 1.01 * terms["simclr/ntXent"]! } : terms,
    ...(state && { state: i === 0 ? lengthened(state, 1.02) : state }),
    ...(velocities && { velocities: i === 0 ? lengthened(velocities, 1.05) : velocities }),
  }));
  const found = await goldenDifferences({ ...simclr!, golden: { ...golden, steps } }, "graph");
  expect(found.loss).toBeCloseTo(0.01 / 1.01, 4);
  expect(found.state).toBeCloseTo(0.02 / 1.02, 4);
  expect(found.gradients).toBeCloseTo(0.05 / 1.05, 3);
  expect(goldenTolerance(simclr!)).toEqual({ loss: 1e-5, gradients: 1e-4, state: 1e-4 });
});

type Probes = NonNullable<(typeof simclr & object)["golden"]["steps"][number]["state"]>;

/** Probes of longer tensors with the same elements. */
const lengthened = (probes: Probes, times: number): Probes =>
  Object.fromEntries(
    Object.entries(probes).map(([name, { norm, values }]) => [name, { norm: times * norm, values }]),
  );
