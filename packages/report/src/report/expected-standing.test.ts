import { refusal, temporaryFolder } from "@tssl/core/testing";
import { expect, it } from "vitest";

import { curveReceipt } from "../receipts/curve-receipt.test.data.ts";
import { expectedCurve } from "../receipts/expected-curve.ts";
import { expectedSection } from "./expected-section.ts";
import { expectedStanding, findExpectation } from "./expected-standing.ts";
import { markupOf } from "./html.ts";
import { digestOf } from "./metrics-digest.ts";

const CONFIG = `
name: mine
seed: 7
epochs: 2
batchSize: 8
data: { train: /elsewhere }
plugins: [{ use: moco, dim: 8 }]
`;
// The receipt's config has no batch size: one that has come since.
const options = [{ name: "batchSize", value: 8, source: "default" }];
const digest = (name: string) => ({ digest: `${name} digest`, images: 10_000 });

async function expectationOf(config: string, images: object | undefined, named = options) {
  const folder = await temporaryFolder(images === undefined ? {} : { "images.json": JSON.stringify(images) });
  try {
    return await findExpectation(folder.path, config, { options: named }, [curveReceipt()]);
  } finally {
    await folder.remove();
  }
}

it.each([
  { images: { train: digest("train"), test: digest("test") }, sameImages: true },
  { images: { train: digest("other"), test: digest("test") }, sameImages: false },
  { images: { train: digest("train") }, sameImages: false },
  { images: undefined, sameImages: undefined },
])(
  "finds the curve of a run's config, and whether its images are $images",
  async ({ images, sameImages }) => {
    expect(await expectationOf(CONFIG, images)).toEqual({ curve: expectedCurve(curveReceipt()), sameImages });
  },
);

it("finds none for another config, or an option that was set and not measured", async () => {
  expect(await expectationOf(CONFIG.replace("dim: 8", "dim: 16"), undefined)).toBeUndefined();
  expect(await expectationOf(CONFIG, undefined, [])).toBeUndefined();
});

it("refuses a config that is none", async () => {
  expect(await refusal(() => expectationOf("[", undefined))).toMatch(
    /^FILE_DAMAGED: .*config\.yaml is damaged/,
  );
});

const curve = expectedCurve(curveReceipt())!;
const rows = (losses: readonly number[], knn?: number) => [
  { step: 0, epoch: 0, values: { knn: 0.2 } },
  ...losses.map((loss, i) => ({ step: i + 1, epoch: (i + 1) / 2, values: { loss } })),
  ...(knn === undefined ? [] : [{ step: 4, epoch: 2, values: { knn } }]),
];
const standing = (
  losses: readonly number[],
  knn?: number,
  images: { sameImages?: boolean } = { sameImages: true },
) => expectedStanding({ curve, sameImages: images.sameImages }, digestOf(rows(losses, knn)));

// kNN after two epochs: 0.32 ± 4.3027 · 0.02 · sqrt(4 / 3), 22.1 to 41.9 %; loss of the first: 9 ± 0.497.
it.each([
  { losses: [9, 9, 8, 8], knn: 0.4, place: "within", says: "kNN accuracy of 40.0 % at epoch 2 is within" },
  { losses: [9, 9, 8, 8], knn: 0.43, place: "above", says: "kNN accuracy of 43.0 % at epoch 2 is above" },
  { losses: [9, 9, 8, 8], knn: 0.2, place: "below", says: "kNN accuracy of 20.0 % at epoch 2 is below" },
  {
    losses: [9.2, 9.6, 8],
    knn: undefined,
    place: "within",
    says: "The mean loss of 9.4 at epoch 1 is within",
  },
  {
    losses: [9.4, 9.7, 8],
    knn: undefined,
    place: "above",
    says: "The mean loss of 9.55 at epoch 1 is above",
  },
])("a run with losses $losses and kNN $knn is $place its band", ({ losses, knn, place, says }) => {
  const { sentence, place: got } = standing(losses, knn);
  expect(got).toBe(place);
  expect(sentence).toContain(`${says} the expected band of moco/small, `);
});

it("has the run's own values: of each whole epoch the mean loss", () => {
  const got = ({ points }: ReturnType<typeof standing>) =>
    points.map(({ quantity, epoch, got }) => [quantity, epoch, got === undefined ? "–" : got.toFixed(4)]);
  expect(got(standing([9, 9.2, 8, 8.4], 0.4))).toEqual([
    ["knn", 0, "0.2000"],
    ["knn", 2, "0.4000"],
    ["loss", 1, "9.1000"],
    ["loss", 2, "8.2000"],
  ]);
  expect(got(standing([9, 9.2, 8]))).toEqual([
    ["knn", 0, "0.2000"],
    ["knn", 2, "–"],
    ["loss", 1, "9.1000"],
    ["loss", 2, "–"],
  ]);
});

it("before the first epoch has ended, or the images are known, it says what is expected", () => {
  for (const each of [standing([9]), standing([9, 9, 8, 8], 0.4, {})]) {
    expect(each.place).toBeUndefined();
    expect(each.sentence).toBe(
      "Its config is that of moco/small: a mean loss of 8.503 to 9.497 is expected at epoch 1.",
    );
  }
});

it("a run on other images is not held to the curve", () => {
  expect(standing([9, 9], undefined, { sameImages: false })).toEqual({
    preset: "moco/small",
    sentence:
      "Its config is that of moco/small, but its images are others than those of the expected curve, so it " +
      "is not held to it.",
    points: [],
  });
});

it("the page has the bands with the run's own values", () => {
  const page = markupOf(expectedSection(standing([9, 9, 8, 8], 0.4))!);
  expect(page.replaceAll(/\s+/g, " ")).toContain(
    '<th scope="row">kNN accuracy</th> <td class="number">2</td> <td class="number">22.1 %</td> ' +
      '<td class="number">41.9 %</td> <td class="number">40.0 %</td>',
  );
  expect(expectedSection(undefined)).toBeUndefined();
});
