import * as tf from "@tensorflow/tfjs";

import { invalidOption } from "../errors.ts";
import { infoNce, type InfoNceResult } from "../losses/info-nce.ts";
import type { Build } from "./build.ts";
import type { EmbeddingSpace } from "./embedding-space.ts";
import type { StepContext } from "./plugin.ts";

export interface KeyQueueOptions {
  /** Name of the plugin, whose option `queueSize` a refusal names. */
  readonly plugin: string;
  /** Rows of the queue: at least the images of one forward pass on all replicas. */
  readonly queueSize: number;
  /** Length of an embedding. */
  readonly dim: number;
  /** T > 0, unitless. */
  readonly temperature: number;
  /** Whether the other keys of the batch are negatives too. Default false. */
  readonly inBatchNegatives?: boolean;
}

/** The earlier keys of a momentum encoder, by which MoCo and its kin tell queries apart. */
export interface KeyQueue {
  /**
   * What the queries of one step are compared with.
   *
   * @param keys `[B, dim]`, rows of length 1, without gradient: row i is the positive of query i.
   */
  against(keys: tf.Tensor2D, context: StepContext): KeyContrast;
}

/** The keys of one step, on all replicas, and the queue. */
export interface KeyContrast {
  /** InfoNCE of queries `[B, dim]`, rows of length 1. */
  of(queries: tf.Tensor2D): InfoNceResult;
  /** The loss for embeddings that say nothing: log of the candidates of a query. */
  readonly chance: number;
  /**
   * The space that a method publishes: its queries, and as candidates the keys of the batch and the queue.
   */
  spaceOf(queries: tf.Tensor2D, embedQuery: EmbeddingSpace["embedQuery"]): EmbeddingSpace;
  /** Puts the keys in place of the oldest; call it in `after`. */
  push(): void;
}

/**
 * Makes the queue of a method like MoCo, as "keys" in the plugin's state.
 *
 * @throws {TsslError} INVALID_OPTION where the queue cannot hold the keys of one forward pass.
 */
export function keyQueue(
  build: Build,
  { plugin, queueSize, dim, temperature, inBatchNegatives = false }: KeyQueueOptions,
): KeyQueue {
  const pushed = build.facts.imagesPerPass;
  if (queueSize < pushed) {
    const rule = `at least ${pushed}, the images of one forward pass (batchSize / accumulate)`;
    throw invalidOption(`plugins.${plugin}.queueSize`, rule, queueSize);
  }
  const queue = build.queue("keys", { size: queueSize, dim });

  return {
    against(keys, { keep, replicas }) {
      const allKeys = keep(replicas.gather(keys)); // [replicas * B, dim]
      const batch = keys.shape[0];
      const own = keep(replicas.ownRows(batch));
      const negatives = queueSize + (inBatchNegatives ? allKeys.shape[0] - 1 : 0);
      const of = (queries: tf.Tensor2D) =>
        infoNce({
          queries,
          keys: allKeys,
          positives: own,
          queue: queue.rows(),
          temperature,
          inBatchNegatives,
        });
      return {
        of,
        chance: Math.log(negatives + 1),
        spaceOf: (embedding, embedQuery) => ({
          kind: "instances",
          queries: {
            query: {
              embedding,
              positives: own,
              lossOf: (queries) => of(queries).loss,
            },
          },
          embedQuery,
          candidates: tf.concat2d([allKeys, queue.rows()], 0), // [replicas * B + K, dim]
        }),
        push: () => queue.push(allKeys),
      };
    },
  };
}
