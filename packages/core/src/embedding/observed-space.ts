import * as engine from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { l2Normalize } from "../losses/l2-normalize.ts";
import { embeddingSpace } from "../plugins/embedding-space.ts";
import { type Embeddings, embeddings } from "../plugins/embeddings.ts";
import { embeddingsDisagree } from "../messages/hooks.ts";
import type { Publication } from "../plugins/publication.ts";
import type { Replicas } from "../state/replicas.ts";
import type { ObservedSpace } from "./observed-rows.ts";

/**
 * What a step's method published of its embeddings on all replicas, if it did.
 *
 * @param find as a plugin's `find`.
 */
export function publishedSpace(
  find: <T>(publication: Publication<T>) => T | undefined,
  { size, gather }: Pick<Replicas, "size" | "gather">,
): ObservedSpace | undefined {
  const gathered = <T extends tf.Tensor>(rows: T): T =>
    size === 1 ? rows : engine.withoutGradient(() => tf.clone(gather(rows)));
  const space = find(embeddingSpace);
  if (space !== undefined && size === 1) return space;
  if (space !== undefined) {
    const queries = Object.entries(space.queries).map(([name, { embedding, positives }]) => [
      name,
      { embedding: gathered(embedding), positives: gathered(positives) },
    ]);
    return { queries: Object.fromEntries(queries) as ObservedSpace["queries"], candidates: space.candidates };
  }
  const plain = find(embeddings);
  if (plain === undefined) return undefined;
  return spaceOfViews(
    Object.fromEntries(Object.entries(plain).map(([view, rows]) => [view, gathered(rows)])),
  );
}

/**
 * The embeddings of views as a space: the queries of a view are its rows, scaled to length 1; the candidates
 * are the rows of all views; the positive of an image is its row in the view that comes next.
 *
 * @returns tensors without gradient, which the caller owns.
 * @throws {TsslError} INVALID_PLUGIN for fewer than two views, or views whose rows differ in shape.
 */
export function spaceOfViews(views: Embeddings): ObservedSpace {
  const names = Object.keys(views);
  const shapes = new Set(Object.values(views).map(({ shape }) => shape.join()));
  if (names.length < 2 || shapes.size > 1) {
    throw embeddingsDisagree(Object.fromEntries(names.map((name) => [name, views[name]!.shape])));
  }
  const rows = names.map((name) => engine.withoutGradient(() => l2Normalize(views[name]!)));
  const queries = names.map((name, view) => {
    const count = rows[view]!.shape[0];
    const first = ((view + 1) % rows.length) * count;
    const positives = tf.range(first, first + count, 1, "int32");
    return [name, { embedding: rows[view]!, positives }] as const;
  });
  return {
    queries: Object.fromEntries(queries),
    candidates: engine.withoutGradient(() => tf.concat2d(rows, 0)),
  };
}
