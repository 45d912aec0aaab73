import type { Build, EpochContext, Network, StepContext } from "@tssl/core";
import { clusterInTurn } from "@tssl/core/clustering";
import { bankWrite, largeCrops } from "@tssl/core/contrast";
import * as tf from "@tensorflow/tfjs";

import type { AssignedClusters } from "./cluster-prediction.ts";
import type { DeepclusterOptions } from "./options.ts";

/** The clusterings that images are assigned by, as a part of the run's state. */
export interface Clusterings {
  /** What each clustering says of some images. */
  of(images: tf.Tensor1D): readonly AssignedClusters[];
  /** The loss for embeddings that say nothing: the mean of log of the prototypes. */
  readonly chance: number;
  /** Remembers the embeddings of a step's large crops; the write, for `after`. */
  remember(crops: readonly tf.Tensor2D[], context: StepContext): () => void;
  /** Clusters what is remembered of the images, or before the first step what the network makes of them. */
  renew(network: Network, context: EpochContext): Promise<void>;
}

/**
 * Makes the state: for each clustering its prototypes and the cluster of each image; for each large crop a
 * bank with the embedding that each image had when a step last saw it. Clusterings take the banks in turn.
 */
export function makeClusterings(build: Build, options: DeepclusterOptions): Clusterings {
  const { dim, iterations, prototypes: counts } = options;
  const { datasetSize } = build.facts;
  const banks = largeCrops
    .slice(0, counts.length)
    .map((name) => build.bank(name, { rows: datasetSize, dim, keep: 0 }));
  const each = counts.map((count, h) => {
    const variable = (name: string, initial: tf.Tensor) => {
      const made = build.variable(`clustering${h}.${name}`, initial);
      initial.dispose();
      return made;
    };
    return {
      // Of length 1 from the start, for steps that are taken without the work before them.
      prototypes: variable("prototypes", directions(count, dim)),
      labels: variable("labels", tf.zeros([datasetSize], "int32")),
    };
  });

  return {
    of: (images) =>
      each.map(({ prototypes, labels }) => ({
        prototypes: prototypes as unknown as tf.Tensor2D,
        assigned: tf.gather(labels as unknown as tf.Tensor1D, images),
      })),
    chance: counts.reduce((sum, count) => sum + Math.log(count), 0) / counts.length,
    remember(crops, context) {
      const writes = banks.map((bank, i) => bankWrite(bank, crops[i]!, context));
      return () => writes.forEach((write) => write());
    },
    async renew(network, context) {
      const remembered = await rowsOf(network, context);
      const found = await clusterInTurn(
        context,
        counts.map((count, h) => ({
          points: { count: datasetSize, dim, values: remembered[h % banks.length]! },
          clusters: count,
          iterations,
          spherical: true,
          empty: "keep",
        })),
      );
      each.forEach(({ prototypes, labels }, h) => {
        context.write(prototypes, found[h]!.centroids);
        context.write(labels, found[h]!.labels);
      });
    },
  };

  /** The rows of each bank. Before the first step they are filled with what the network makes of images. */
  async function rowsOf(
    network: Network,
    { step, features, progress, read, write }: EpochContext,
  ): Promise<readonly Float32Array[]> {
    if (step > 0) return banks.map((bank) => read(bank.all()).values as Float32Array);
    progress(0, "features of the training images");
    const { values } = await features(network);
    for (const bank of banks) write(bank.all(), values);
    return banks.map(() => values);
  }
}

/** The directions of the axes, again and again: `[count, dim]`. */
function directions(count: number, dim: number): tf.Tensor2D {
  const values = new Float32Array(count * dim);
  for (let row = 0; row < count; row++) values[row * dim + (row % dim)] = 1;
  return tf.tensor2d(values, [count, dim]);
}
