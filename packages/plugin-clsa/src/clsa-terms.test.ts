import {
  definePlugin,
  embeddingSpace,
  l2Normalize,
  linearHead,
  mocoV2,
  published,
  resnet20,
  sgd,
} from "@tssl/core";
import { assertClose, fill, meanColour, numbersOf, refusal, stepPart, testRun } from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import { moco } from "@tssl/plugin-moco";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { clsa } from "./clsa.ts";
import { ddm } from "./ddm.ts";

const [BATCH, DIM, CANDIDATES] = [3, 4, 7];
const candidates = () => l2Normalize(tf.tensor2d(fill("candidates", CANDIDATES * DIM, 1), [CANDIDATES, DIM]));
/** Each image leaves out the candidate of its own number. */
const excluded = () => tf.tensor2d([0, 1, 2].map((i) => [0, 1, 2, 3, 4, 5, 6].map((j) => Number(i === j))));
const positives = () => tf.tensor1d([4, 5, 6], "int32");

/** A method with two weak queries, whose embeddings a test can look at. */
function twoQueries(seen: { queries: tf.Tensor2D[]; strong: tf.Tensor2D[] }) {
  const recipe = mocoV2({ size: 32 });
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
          const queries = { query: embed(views["query"]!), second: embed(views["second"]!) };
          seen.queries = Object.values(queries).map(copyOf);
          seen.strong = [];
          const embedQuery = (view: tf.Tensor4D) => {
            const embedded = embed(view);
            seen.strong.push(copyOf(embedded));
            return embedded;
          };
          const space = { queries, embedQuery, candidates: candidates(), positives: positives() };
          return {
            terms: {},
            publish: [published(embeddingSpace, { ...space, excluded: excluded() })],
          };
        },
      };
    },
  });
}
const copyOf = (rows: tf.Tensor2D) => tf.keep(tf.tensor2d(rows.dataSync(), rows.shape));

function take(options: object) {
  const seen = { queries: [] as tf.Tensor2D[], strong: [] as tf.Tensor2D[] };
  const run = testRun({
    encoder: { use: meanColour },
    plugins: [{ use: clsa, ...options }, { use: twoQueries(seen) }],
    optimizer: { use: sgd, lr: 0.1 },
    batchSize: BATCH,
  });
  const images = (name: string) => tf.tensor4d(fill(name, BATCH * 12, 1), [BATCH, 2, 2, 3]);
  const views = Object.fromEntries(Object.keys(run.views).map((name) => [name, images(name)]));
  const scalars = run.step([stepPart(run, views)], tf.scalar(0.1));
  const value = (name: string) => numbersOf(scalars[name]!)[0]!;
  return { run, seen, value };
}

beforeAll(() => startEngine({ device: "cpu" }));

describe("clsa on a method with two weak queries", () => {
  it("sums ddm over every weak query and every strong view", () => {
    const { run, seen, value } = take({ strongViews: 2, temperature: 0.3 });
    expect([seen.queries.length, seen.strong.length]).toEqual([2, 2]);
    const pairs = seen.queries.flatMap((weak) =>
      seen.strong.map((strong) => {
        const space = { candidates: candidates(), excluded: excluded() };
        const loss = ddm({ weak, strong, ...space, temperature: 0.3, detachTeacher: true });
        return loss.dataSync()[0]!;
      }),
    );
    expect(new Set(pairs).size).toBe(4);
    assertClose([value("clsa/ddm")], [pairs.reduce((sum, x) => sum + x, 0)], 1e-5);
    expect(run.step.chanceLevels["clsa/ddm"]).toBe(4 * Math.log(CANDIDATES));
  });

  it("weighs the term by beta, and logs it as it is", () => {
    const [one, three] = [take({ beta: 1 }), take({ beta: 3 })];
    expect(three.value("clsa/ddm")).toBe(one.value("clsa/ddm"));
    expect(three.value("loss") / one.value("loss")).toBeCloseTo(3, 5);
  });

  it("contrasts strong views with their positives instead, as the paper's ablation", () => {
    const { seen, value } = take({ loss: "contrastive", temperature: 0.3 });
    const rows = seen.strong[0]!.arraySync();
    const losses = rows.map((z, i) => {
      const logits = candidates()
        .arraySync()
        .map((c) => c.reduce((sum, x, d) => sum + x * z[d]!, 0) / 0.3);
      const sum = logits.reduce((total, logit, j) => (i === j ? total : total + Math.exp(logit)), 0);
      return Math.log(sum) - logits[4 + i]!;
    });
    assertClose([value("clsa/contrastive")], [losses.reduce((sum, x) => sum + x / BATCH, 0)], 1e-5);
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
      'INVALID_PLUGIN: plugins: "clsa" needs a plugin that publishes "embeddingSpace", and none here does. Add a method such as moco.',
    );
  });

  it("is refused on a weak view without a random crop", async () => {
    const uncropped = { ...twoQueries({ queries: [], strong: [] }), views: () => ({ query: { recipe: [{ op: "centerCrop", size: 8 }] } }) }; // prettier-ignore
    expect(await refusal(() => runOf([{ use: uncropped }, { use: clsa }]))).toBe(
      'INVALID_OPTION: clsa.weakView must be a view that begins with a random resized crop, got "query".',
    );
  });
});
