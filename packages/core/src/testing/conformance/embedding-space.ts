import { withoutGradient } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { type EmbeddingSpace, embeddingSpace, type Query } from "../../plugins/embedding-space.ts";
import type { StepResult } from "../../plugins/plugin.ts";
import type { PreparedRun } from "../../training/prepare-run.ts";
import type { StepPart } from "../../training/step-machine.ts";
import {
  type CandidateField,
  candidateNumbersMisshapen,
  candidatesWithGradient,
  embedQueryWithoutGradient,
  lossOfNotScalar,
  lossOfWithOtherGradient,
  lossOfWithoutGradient,
  noQueries,
  noSuchCandidate,
  positiveLeftOut,
  queryOfNoView,
  queryWithoutGradient,
  spaceRowsMisshapen,
  spaceRowsNotNormalized,
} from "../messages/embedding-space.ts";
import type { Check } from "./check.ts";
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
export const publishedSpace: Check = {
  name: "publishedSpace",
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
  const checkRows = (rows: string, tensor: tf.Tensor, count: number) => {
    if (tensor.dtype !== "float32" || tensor.shape.join() !== [count, d].join()) {
      problems.push(spaceRowsMisshapen(name, rows, [count, d], tensor));
      return;
    }
    const lengths = tf.norm(tensor, 2, 1).dataSync();
    const wrong = lengths.find((length) => !(Math.abs(length - 1) < 1e-3));
    if (wrong !== undefined) problems.push(spaceRowsNotNormalized(name, rows, wrong));
  };
  /** The numbers of candidates that a field of a query holds; none where they have a wrong shape. */
  const candidatesIn = (query: string, field: CandidateField, tensor: tf.Tensor1D): readonly number[] => {
    if (tensor.dtype !== "int32" || tensor.shape.join() !== String(batch)) {
      problems.push(candidateNumbersMisshapen(name, query, field, batch, tensor));
      return [];
    }
    const numbers = [...tensor.dataSync()];
    const outside = numbers.find((number) => number < 0 || number >= m);
    if (outside !== undefined) problems.push(noSuchCandidate(name, query, field, m, outside));
    return numbers;
  };
  checkRows("candidates", candidates, m);
  for (const [query, { embedding, positives, sameView, lossOf }] of Object.entries(queries)) {
    checkRows(`embedding of the query "${query}"`, embedding, batch);
    const positive = candidatesIn(query, "positives", positives);
    const leftOut = sameView === undefined ? [] : candidatesIn(query, "sameView", sameView);
    const both = leftOut.find((number, image) => number === positive[image]);
    if (both !== undefined) problems.push(positiveLeftOut(name, query, both));
    const { shape } = lossOf(embedding);
    if (shape.length > 0) problems.push(lossOfNotScalar(name, query, shape));
    const view = views[query];
    if (view === undefined) problems.push(queryOfNoView(name, query, Object.keys(views)));
    else checkRows(`embedQuery of the view "${query}"`, embedQuery(view), batch);
  }
  if (Object.keys(queries).length === 0) problems.push(noQueries(name));
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
  if (flows(({ candidates }) => candidates)) problems.push(candidatesWithGradient(name));
  for (const view of views) {
    if (!flows(({ queries }) => queries[view]!.embedding)) problems.push(queryWithoutGradient(name, view));
    const lossFlows = (rows: (query: Query) => tf.Tensor2D) =>
      flows(({ queries }) => queries[view]!.lossOf(rows(queries[view]!)).as2D(1, 1));
    if (!lossFlows(({ embedding }) => embedding)) problems.push(lossOfWithoutGradient(name, view));
    if (lossFlows(({ embedding }) => withoutGradient(() => tf.clone(embedding)))) {
      problems.push(lossOfWithOtherGradient(name, view));
    }
    if (!flows(({ embedQuery }) => embedQuery(pass.part.views[view]!))) {
      problems.push(embedQueryWithoutGradient(name, view));
    }
  }
  return [...new Set(problems)];
}
