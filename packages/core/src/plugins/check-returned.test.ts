import * as tf from "@tensorflow/tfjs";
import { startEngine } from "@tssl/engine";
import { beforeAll, expect, it } from "vitest";

import { refusedWith } from "../testing/refusal.ts";
import { checkResult, checkRun } from "./check-returned.ts";
import { checkedRecord } from "./checked-record.ts";

beforeAll(() => startEngine({ device: "cpu" }));

const step = () => ({ terms: {} });
const loss = () => tf.scalar(1);
const off = () => ({ loss: loss() });

it("what the contract has passes", () => {
  checkRun("toy", { step, afterStep: () => undefined });
  checkResult("toy", { terms: {} });
  checkResult("toy", {
    terms: { off: { ...off(), weight: 2, chance: 1 } },
    metrics: { one: loss(), other: { value: loss(), highest: 1 } },
    publish: [],
    after: () => undefined,
  });
});

it.each<[string, () => unknown, object]>([
  ["no run", () => undefined, { what: "what setup returns" }],
  ["a run without step", () => ({ afterStep: step }), { what: "what setup returns" }],
  [
    "an unknown hook",
    () => ({ step, beforeEpochs: step }),
    { what: "what setup returns", key: "beforeEpochs" },
  ],
])("%s is refused", async (_case, run, data) => {
  const refused = await refusedWith(() => {
    checkRun("toy", run());
  });
  expect(refused).toEqual({ code: "INVALID_PLUGIN", data: { plugin: "toy", ...data } });
});

it.each<[string, () => unknown, object]>([
  ["no result", () => undefined, { what: "what step returns" }],
  ["a loss alone", loss, { what: "what step returns" }],
  ["no terms", () => ({ metrics: {} }), { what: "what step returns" }],
  ["a misspelt key", () => ({ term: {} }), { what: "what step returns", key: "term" }],
  ["a term that is a tensor", () => ({ terms: { off: loss() } }), { what: 'the term "off" of step' }],
  ["a misspelt weight", () => ({ terms: { off: { ...off(), wieght: 1 } } }), { what: 'the term "off" of step', key: "wieght" }], // prettier-ignore
  ["a loss that is a matrix", () => ({ terms: { off: { loss: tf.zeros([8, 3]) } } }), { what: 'the loss of the term "off"', got: [8, 3] }], // prettier-ignore
  ["a loss that is a number", () => ({ terms: { off: { loss: 3 } } }), { what: 'the loss of the term "off"', got: 3 }], // prettier-ignore
  ["a metric that is a vector", () => ({ terms: {}, metrics: { rank: tf.zeros([2]) } }), { what: 'the metric "rank"', got: [2] }], // prettier-ignore
  ["a metric whose value is a number", () => ({ terms: {}, metrics: { rank: { value: 3 } } }), { what: 'the metric "rank"', got: 3 }], // prettier-ignore
])("%s is refused", async (_case, result, data) => {
  const refused = await refusedWith(() => {
    checkResult("toy", result());
  });
  expect(refused).toEqual({ code: "INVALID_PLUGIN", data: { plugin: "toy", ...data } });
});

it("a name that a record does not have is refused where it is read, not where it is looked for", async () => {
  const views = checkedRecord({ first: 1 }, (name) => new Error(`no ${name}`));
  expect([views["first"], "secnd" in views, Object.keys(views), JSON.stringify(views)]).toEqual([
    1,
    false,
    ["first"],
    '{"first":1}', // prettier-ignore
  ]);
  expect(await Promise.resolve(views)).toBe(views); // asks for `then`
  expect(() => views["secnd"]).toThrow("no secnd");
});
