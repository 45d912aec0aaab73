import { withoutGradient } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { type EmbeddingSpace, embeddingSpace, type Query } from "../../plugins/embedding-space.ts";
import type { StepResult } from "../../plugins/plugin.ts";
import type { PreparedRun } from "../../training/prepare-run.ts";
import type { StepPart } from "../../training/step-machine.ts";
import { type Check, listed } from "./check.ts";
import {
  forward,
  type ForwardPass,
  gradientsOf,
  inEachPhase,
  isZero,
  type Results,
  trainedParameters,
} from "./forward.ts";

/**
 * The embedding space that a plugin published; one that published none fails the check of its publications.
 */
export const spaceOf = ({ publish = [] }: StepResult): EmbeddingSpace | undefined =>
  publish.find(({ publication }) => publication.name === embeddingSpace.name)?.value as
    EmbeddingSpace | undefined;

/** For a plugin that publishes one. */
export const space: Check = {
  name: "publishes an embedding space whose shapes, rows and gradients are what terms on it rely on",
  async find(subject) {
    const { name } = subject.plugin;
    const problems = await inEachPhase(subject, (run, pass) => {
      let views: readonly string[] = [];
      const found: string[] = [];
      forward(run, pass, (results) => {
        const published = spaceOf(results.get(name)!);
        if (published !== undefined) {
          views = Object.keys(published.queries);
          found.push(...shapeProblems(name, published, pass.part));
        }
        return tf.scalar(0);
      }).dispose();
      return found.length > 0 ? found : gradientProblems(name, run, pass, views);
    });
    return [...new Set(problems.flat())];
  },
};

/** What of an embedding space does not have the shape, type or values that `EmbeddingSpace` says. */
function shapeProblems(name: string, space: EmbeddingSpace, { views, indices }: StepPart): string[] {
  const { queries, candidates, embedQuery } = space;
  const batch = indices.shape[0];
  const [m, d] = candidates.shape;
  const problems: string[] = [];
  const must = (what: string, rule: string, got: string) =>
    problems.push(`[${name}] embeddingSpace: ${what} must ${rule}, got ${got}.`);

  const rows = (what: string, tensor: tf.Tensor, count: number) => {
    if (tensor.dtype !== "float32" || tensor.shape.join() !== [count, d].join()) {
      must(
        what,
        `be [${count}, ${d}] float32 (${d} as the candidates)`,
        `[${tensor.shape.join(", ")}] ${tensor.dtype}`,
      );
      return;
    }
    const lengths = tf.norm(tensor, 2, 1).dataSync();
    const wrong = lengths.find((length) => !(Math.abs(length - 1) < 1e-3));
    if (wrong !== undefined) must(what, "have rows of length 1", `one of length ${wrong.toPrecision(4)}`);
  };
  const places = (what: string, tensor: tf.Tensor1D): readonly number[] => {
    if (tensor.dtype !== "int32" || tensor.shape.join() !== String(batch)) {
      must(what, `be [${batch}] int32`, `[${tensor.shape.join(", ")}] ${tensor.dtype}`);
      return [];
    }
    const values = [...tensor.dataSync()];
    const outside = values.find((place) => place < 0 || place >= m);
    if (outside !== undefined) must(what, `be numbers of candidates, 0 .. ${m - 1}`, String(outside));
    return values;
  };
  rows("candidates", candidates, m);
  for (const [view, { embedding, positives, sameView, lossOf }] of Object.entries(queries)) {
    rows(`the query "${view}"`, embedding, batch);
    const positive = places(`the positives of "${view}"`, positives);
    const left = sameView === undefined ? [] : places(`sameView of "${view}"`, sameView);
    const lost = left.findIndex((place, image) => place === positive[image]);
    if (lost >= 0)
      must(`sameView of "${view}"`, "be another candidate than the positive", `${left[lost]} for both`);
    const { shape } = lossOf(embedding);
    if (shape.length > 0) must(`lossOf of "${view}"`, "give a scalar", `[${[...shape].join(", ")}]`);
    if (!(view in views))
      must(`the query "${view}"`, `be named after a view`, `none of ${listed(Object.keys(views))}`);
    else rows(`what embedQuery makes of the view "${view}"`, embedQuery(views[view]!), batch);
  }
  if (Object.keys(queries).length === 0) must("queries", "hold at least one", "none");
  return problems;
}

/** Whether gradients flow where `EmbeddingSpace` says so, and nowhere else. */
function gradientProblems(
  name: string,
  run: PreparedRun,
  pass: ForwardPass,
  views: readonly string[],
): readonly string[] {
  if (views.length === 0) return [];
  const parameters = trainedParameters(run);
  /** Whether the parameters get a gradient from these rows, whatever is computed of them. */
  const flows = (rowsOf: (space: EmbeddingSpace) => tf.Tensor2D): boolean => {
    const scalarOf = (results: Results) => {
      const rows = rowsOf(spaceOf(results.get(name)!)!);
      // Not the length, which is 1 and has no gradient.
      const weights = tf.tensor(
        Float32Array.from({ length: rows.size }, (_, i) => Math.cos(i)),
        rows.shape,
      );
      return tf.sum<tf.Scalar>(tf.mul(rows, weights));
    };
    return Object.values(gradientsOf(run, pass, scalarOf, parameters)).some((values) => !isZero(values));
  };
  const problems: string[] = [];
  if (flows(({ candidates }) => candidates)) {
    problems.push(
      `[${name}] embeddingSpace: candidates must come without gradient, and one flows through them. Make them inside withoutGradient.`,
    );
  }
  for (const view of views) {
    if (!flows(({ queries }) => queries[view]!.embedding)) {
      problems.push(
        `[${name}] embeddingSpace: the query "${view}" must come with its gradient, and none flows.`,
      );
    }
    const contrasted = (rows: (query: Query) => tf.Tensor2D) =>
      flows(({ queries }) => queries[view]!.lossOf(rows(queries[view]!)).as2D(1, 1));
    if (!contrasted(({ embedding }) => embedding)) {
      problems.push(
        `[${name}] embeddingSpace: lossOf of "${view}" must pass a gradient on to the query, and none flows.`,
      );
    }
    if (contrasted(({ embedding }) => withoutGradient(() => tf.clone(embedding)))) {
      problems.push(
        `[${name}] embeddingSpace: lossOf of "${view}" must pass its gradient to the query alone, and one flows elsewhere.`,
      );
    }
    if (!flows(({ embedQuery }) => embedQuery(pass.part.views[view]!))) {
      problems.push(`[${name}] embeddingSpace: embedQuery must pass a gradient on, and none flows.`);
    }
  }
  return [...new Set(problems)];
}
