import { expect, it } from "vitest";

import { refusedWith } from "../../testing/refusal.ts";
import { expandBraces } from "./path-patterns.ts";

it.each([
  ["train.tar", ["train.tar"]],
  ["t-{08..11}.tar", ["t-08.tar", "t-09.tar", "t-10.tar", "t-11.tar"]],
  ["t-{8..11}.tar", ["t-8.tar", "t-9.tar", "t-10.tar", "t-11.tar"]],
  ["t-{0..0}.tar", ["t-0.tar"]],
  ["t-{000..2}.tar", ["t-000.tar", "t-001.tar", "t-002.tar"]],
  ["{0..1}/t-{5..6}.tar", ["0/t-5.tar", "0/t-6.tar", "1/t-5.tar", "1/t-6.tar"]],
  ["{a..b}.tar", ["{a..b}.tar"]],
  ["t-{000,001,003}.tar", ["t-000.tar", "t-001.tar", "t-003.tar"]],
  ["{train,more}-{0..1}.tar", ["train-0.tar", "train-1.tar", "more-0.tar", "more-1.tar"]],
  ["t{,-x}.tar", ["t.tar", "t-x.tar"]],
  ["{a}.tar", ["{a}.tar"]],
])("%s stands for its shards", (pattern, paths) => {
  expect(expandBraces(pattern)).toEqual(paths);
});

it.each([
  ["t-{3..1}.tar", { range: "{3..1}" }],
  ["t-{0..99999999}.tar", { range: "{0..99999999}" }],
  ["{0..99999}{0..9999}.tar", {}],
  ["{a,b{1,2}}.tar", {}],
])("refuses %s", async (pattern, data) => {
  expect(await refusedWith(() => expandBraces(pattern))).toEqual({
    code: "INVALID_DATA",
    data: { pattern, ...data },
  });
});
