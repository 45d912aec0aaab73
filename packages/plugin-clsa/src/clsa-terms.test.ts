import { definePlugin, embeddingSpace, l2Normalize, linearHead, published } from "@tssl/core";
import { mocoV2View } from "@tssl/augment-zoo";
import { resnet20, sgd } from "@tssl/core/run";
import {
  assertClose,
  fill,
  meanColour,
  numbersOf,
  refusal,
  stepDescription,
  stepPart,
  testRun,
} from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import { moco } from "@tssl/plugin-moco";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { clsa } from "./clsa.ts";
import { ddm } from "./ddm.ts";

const [BATCH, DIM, CANDIDATES] = [3, 4, 7];
const candidates = () => l2Normalize(tf.tensor2d(fill("candidates", CANDIDATES * DIM, 1), [CANDIDATES, DIM]));
/** Image i of the first query leaves out candidate i; the second query leaves out none. */
const excluded = [
  tf.tensor2d([0, 1, 2].map((i) => [0, 1, 2, 3, 4, 5, 6].map((j) => Number(i === j)))),
  undefined,
];

/** A method with two weak queries; a test can look at these and at the views embedded after them. */
function twoQueries(seen: { queries: tf.Tensor2D[]; added: tf.Tensor2D[] }) {
  const recipe = mocoV2View({ size: 32 });
  return definePlugin<object>({
    name: "two-queries",
    options: { type: "object", additionalProperties: false, required: [], properties: {} },
    publishes: [embeddingSpace],
    views: () => ({ query: { recipe }, second: { recipe } }),
    setup(build) {
      const network = build.network("network", { head: linearHead({ dim: DIM }) });
      const embed = (view: tf.Tensor4D) => l2Normalize(network.embed(view));
      return {
        network,
        step({ views }) {
          const [first, second] = [embed(views["query"]!), embed(views["second"]!)];
          seen.queries = [first, second].map(copyOf);
          seen.added = [];
          const embedQuery = (view: tf.Tensor4D) => {
            const embedded = embed(view);
            seen.added.push(copyOf(embedded));
            return embedded;
          };
          const positives = tf.tensor1d([4, 5, 6], "int32");
          const contrast = (factor: number) => (rows: tf.Tensor2D) =>
            tf.mul<tf.Scalar>(tf.sum(tf.abs(rows)), factor);
          const queries = {
            query: {
              embedding: first,
              positives,
              sameView: tf.range(0, BATCH, 1, "int32"),
              lossOf: contrast(2),
            },
            second: { embedding: second, positives, lossOf: contrast(3) },
          };
          const space = { kind: "instances" as const, queries, embedQuery, candidates: candidates() };
          return { terms: {}, publish: [published(embeddingSpace, space)] };
        },
      };
    },
  });
}
const copyOf = (rows: tf.Tensor2D) => tf.keep(tf.tensor2d(rows.dataSync(), rows.shape));

function take(options: object) {
  const seen = { queries: [] as tf.Tensor2D[], added: [] as tf.Tensor2D[] };
  const run = testRun({
    encoder: { use: meanColour },
    plugins: [{ use: clsa, ...options }, { use: twoQueries(seen) }],
    optimizer: { use: sgd, lr: 0.1 },
    batchSize: BATCH,
  });
  const images = (name: string) => tf.tensor4d(fill(name, BATCH * 12, 1), [BATCH, 2, 2, 3]);
  const views = Object.fromEntries(Object.keys(run.views).map((name) => [name, images(name)]));
  const given = [stepPart(run, views)];
  const scalars = run.step(given, tf.scalar(0.1));
  const value = (name: string) => numbersOf(scalars[name]!)[0]!;
  const chance = (term: string) => stepDescription(run, given).chanceLevels[term];
  return { seen, value, chance };
}

beforeAll(() => startEngine({ device: "cpu" }));

describe("clsa on a method with two weak queries", () => {
  /** DDM of each weak with each strong, and the rows of each weak's contrast. */
  const pairsOf = (weak: { rows: tf.Tensor2D; excluded: tf.Tensor2D | undefined }[], strong: tf.Tensor2D[]) =>
    weak.flatMap(({ rows, excluded }) =>
      strong.map((student) => {
        const space = { candidates: candidates(), excluded };
        const loss = ddm({ weak: rows, strong: student, ...space, temperature: 0.3, detachTeacher: true });
        return loss.dataSync()[0]!;
      }),
    );
  const sumOf = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0);
  const hostQueries = (seen: { queries: tf.Tensor2D[] }) =>
    seen.queries.map((rows, i) => ({ rows, excluded: excluded[i] }));
  const length = (rows: tf.Tensor2D) => tf.sum(tf.abs(rows)).dataSync()[0]!;

  it("sums ddm over every weak query and every strong view, each with what the weak one is compared with", () => {
    const { seen, value, chance } = take({ strongSizes: [16, 8], temperature: 0.3 });
    expect(seen.added.length).toBe(2);
    const pairs = pairsOf(hostQueries(seen), seen.added);
    expect(new Set(pairs).size).toBe(4);
    assertClose([value("clsa/ddm")], [sumOf(pairs)], 1e-5);
    expect(chance("clsa/ddm")).toBeCloseTo(2 * Math.log(6) + 2 * Math.log(7), 12);
  });

  it("takes extra weak views for the first query: the method's loss of each, and a teacher of every strong view", () => {
    const { seen, value } = take({ weakSizes: [24, 16], strongSizes: [32, 16], temperature: 0.3 });
    const [weak, strong] = [seen.added.slice(0, 2), seen.added.slice(2)];
    const teachers = [...hostQueries(seen), ...weak.map((rows) => ({ rows, excluded: excluded[0] }))];
    const pairs = pairsOf(teachers, strong);
    expect(pairs.length).toBe(8);
    assertClose([value("clsa/ddm")], [sumOf(pairs)], 1e-5);
    assertClose([value("clsa/weakViews")], [2 * sumOf(weak.map(length))], 1e-5);
    assertClose([value("loss")], [value("clsa/ddm") + value("clsa/weakViews")], 1e-6);
  });

  it("takes them for the query of weakView, where that is said", () => {
    const { seen, value } = take({ weakSizes: [24], weakView: "second" });
    assertClose([value("clsa/weakViews")], [3 * length(seen.added[0]!)], 1e-5);
  });

  it("weighs ddm by beta, and logs it as it is; extra weak views are the method's own loss", () => {
    const [one, three] = [take({ beta: 1, weakSizes: [24] }), take({ beta: 3, weakSizes: [24] })];
    expect(three.value("clsa/ddm")).toBe(one.value("clsa/ddm"));
    expect(three.value("loss") - one.value("loss")).toBeCloseTo(2 * one.value("clsa/ddm"), 4);
  });

  it("contrasts strong views by the method's own loss instead, as the paper's ablation", () => {
    const { seen, value } = take({ loss: "contrastive", strongSizes: [16, 8], beta: 3 });
    assertClose([value("clsa/contrastive")], [2 * sumOf(seen.added.map(length))], 1e-5);
    assertClose([value("loss")], [3 * value("clsa/contrastive")], 1e-6);
  });
});

describe("clsa beside moco", () => {
  const runOf = (plugins: object[]) =>
    testRun({
      encoder: { use: resnet20, widths: [2, 2, 4] },
      plugins,
      optimizer: { use: sgd, lr: 0.1 },
      batchSize: 4,
    });
  const method = { use: moco, dim: 4, queueSize: 8 };
  const views = (strong?: string) => ({
    query: tf.tensor4d(fill("query", 4 * 192, 1), [4, 8, 8, 3]),
    key: tf.tensor4d(fill("key", 4 * 192, 1), [4, 8, 8, 3]),
    ...(strong === undefined ? {} : { strong: tf.tensor4d(fill(strong, 4 * 48, 1), [4, 4, 4, 3]) }),
  });

  it("keeps strong views out of the queue and the momentum encoder's statistics", () => {
    const states = [undefined, "strong", "other"].map((strong) => {
      const run = runOf(strong === undefined ? [method] : [method, { use: clsa }]);
      run.step([stepPart(run, views(strong))], tf.scalar(0.1));
      const entries = run.store.entries().map(({ name, variable }) => [name, numbersOf(variable)] as const);
      return new Map(entries);
    });
    for (const name of ["moco.keys.rows", "moco.keys.cursor", "moco.target.encoder.bn1.running_mean"]) {
      for (const state of states) expect(state.get(name), name).toEqual(states[0]!.get(name));
    }
    const trained = states.map((state) => state.get("moco.online.encoder.bn1.running_mean"));
    expect(trained[1]).not.toEqual(trained[2]); // the strong view does pass through the online branch
  });

  it("is refused without a method", async () => {
    expect(await refusal(() => runOf([{ use: clsa }]))).toBe(
      'INVALID_PLUGIN: plugins: "clsa" needs a plugin that publishes "embeddingSpace", and none of ' +
        "these does. Add a method such as moco.",
    );
  });

  it("is refused where weakView is no query of the method", () => {
    const run = runOf([method, { use: clsa, weakView: "key" }]);
    expect(() => run.step([stepPart(run, views("strong"))], tf.scalar(0.1))).toThrow(
      expect.objectContaining({
        code: "INVALID_PLUGIN",
        cause: expect.objectContaining({ data: { path: "plugins.clsa.weakView", got: "key" } }) as Error,
      }),
    );
  });

  it("is refused on a weak view without a random crop", () => {
    const uncropped = { ...twoQueries({ queries: [], added: [] }), views: () => ({ query: { recipe: [{ op: "centerCrop", size: 8 }] } }) }; // prettier-ignore
    const data = { path: "plugins.clsa.weakView", got: "query" };
    expect(() => runOf([{ use: uncropped }, { use: clsa }])).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", data }),
    );
  });
});
