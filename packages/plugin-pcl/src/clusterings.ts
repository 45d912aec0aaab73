import type { Build, EpochContext, Network, StepContext } from "@tssl/core";
import { clusterInTurn, unitRows } from "@tssl/core/clustering";
import * as tf from "@tensorflow/tfjs";

import { density } from "./density.ts";
import { drawnNegatives } from "./drawn-negatives.ts";
import type { PclOptions } from "./options.ts";
import { prototypeContrast, type PrototypeContrastResult } from "./prototype-contrast.ts";

/** The clusterings of the training images by which queries are told apart, as a part of the run's state. */
export interface Clusterings {
  /** The prototype term, and the share of queries nearest to their own prototype: means over clusterings. */
  contrast(queries: tf.Tensor2D, context: StepContext): PrototypeContrastResult;
  /** The loss for embeddings that say nothing: the mean of log of the columns. */
  readonly chance: number;
  /** The expectation step: clusters what a network makes of the images, and writes what it finds. */
  renew(network: Network, context: EpochContext): Promise<void>;
}

/** Makes the state: for each clustering the label of each image, the prototypes and their densities. */
export function makeClusterings(build: Build, options: PclOptions): Clusterings {
  const { clusters, dim, negatives = null, temperature } = options;
  const { datasetSize, imagesPerPass } = build.facts;
  const each = clusters.map((count, m) => {
    const variable = (name: string, initial: tf.Tensor) => {
      const made = build.variable(`clustering${m}.${name}`, initial);
      initial.dispose();
      return made;
    };
    return {
      count,
      labels: variable("labels", tf.zeros([datasetSize], "int32")),
      prototypes: variable("prototypes", tf.zeros([count, dim])),
      densities: variable("densities", tf.ones([count])),
      random: build.random(`clustering${m}.negatives`),
    };
  });
  const columns = (count: number) => (negatives === null ? count : imagesPerPass + negatives);

  return {
    chance: clusters.reduce((sum, count) => sum + Math.log(columns(count)), 0) / clusters.length,
    contrast: (queries, context) =>
      tf.tidy(() => {
        const results = each.map(({ count, labels, prototypes, densities, random }) => {
          const { indices, replicas } = context;
          const assigned = tf.gather(labels as unknown as tf.Tensor1D, indices);
          return prototypeContrast({
            queries,
            prototypes: prototypes as unknown as tf.Tensor2D,
            densities: densities as unknown as tf.Tensor1D,
            assigned,
            replicas,
            negatives:
              negatives === null
                ? undefined
                : drawnNegatives(random, context, replicas.gather(assigned), {
                    clusters: count,
                    count: negatives,
                  }),
          });
        });
        const mean = (values: tf.Scalar[]) => tf.div<tf.Scalar>(tf.addN(values), values.length);
        return {
          loss: mean(results.map(({ loss }) => loss)),
          accuracy: mean(results.map(({ accuracy }) => accuracy)),
        };
      }),
    async renew(network, context) {
      const { features, write, progress } = context;
      progress(0, "features of the training images");
      const points = await features(network);
      const { iterations, redo } = options;
      const found = await clusterInTurn(
        context,
        clusters.map((count) => ({ points, clusters: count, iterations, redo })),
      );
      each.forEach(({ count, labels, prototypes, densities }, m) => {
        write(labels, found[m]!.labels);
        write(prototypes, unitRows(found[m]!.centroids, dim));
        write(densities, density({ ...found[m]!, clusters: count, temperature }));
      });
    },
  };
}
