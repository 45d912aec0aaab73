import { sparseSoftmaxCrossEntropy, withoutGradient } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { l2Normalize } from "../../losses/l2-normalize.ts";
import { dense } from "../../networks/layers.ts";
import { linearHead } from "../../networks/projection-head.ts";
import { trainingMode } from "../../plugins/build.ts";
import type { EpochFeatures } from "../../plugins/epoch-context.ts";
import { definePlugin } from "../../plugins/plugin.ts";

const DIM = 4;
const CLASSES = 3;
const CLUSTERS = 4;
const NEGATIVES = 5;
const TEMPERATURE = 0.5;

/**
 * A method that takes from the contract all that it offers besides a momentum encoder and an embedding space:
 * random numbers within the step, a bank, a parameter that is frozen in one of two phases, work on the host,
 * labels, a module, and a representation of its own.
 *
 * Each image's row is told from random rows of the bank, and classed by prototypes. From the second epoch on
 * it is drawn to the centre of its cluster as well; k-means on the host makes the clusters before every
 * epoch.
 */
export const wholeContract = definePlugin<object>({
  name: "whole",
  options: { type: "object", additionalProperties: false, required: [], properties: {} },
  reads: ["labels"],
  views: () => ({ image: { recipe: [{ op: "centerCrop", size: 8 }] } }),
  setup(build) {
    const { datasetSize } = build.facts;
    const network = build.network("online", { head: linearHead({ dim: DIM }) });
    const predict = build.module("predictor", (scope) => dense(scope, "0", { from: DIM, to: DIM }));
    const bank = build.bank("bank", { rows: datasetSize, dim: DIM, keep: 0.5 });
    const negatives = build.random("negatives");
    const noise = build.random("noise");
    const order = build.random("order");
    const first = {
      prototypes: tf.oneHot([0, 1, 2], DIM, 1, 0, "float32"), // of length 1 before the first step too
      centers: tf.zeros([CLUSTERS, DIM]),
      clusters: tf.zeros([datasetSize], "int32"),
    };
    const prototypes = build.parameter("prototypes", {
      shape: [CLASSES, DIM],
      initial: { kind: "values", values: first.prototypes },
    });
    const centers = build.variable("centers", first.centers);
    const clusters = build.variable("clusters", first.clusters);
    tf.dispose(first);

    return {
      network,
      phase: ({ epoch }) =>
        epoch === 0 ? { key: "warm-up", frozen: ["prototypes"] } : { key: "with clusters" },
      step(context) {
        const { views, indices, labels, replicas, phase, keep } = context;
        const rows = l2Normalize(predict(network.embed(views["image"]!), trainingMode)); // [B, D]
        const batch = rows.shape[0];

        const others = bank.rows(negatives.integers<tf.Rank.R2>(context, [batch, NEGATIVES], bank.size));
        const own = tf.expandDims<tf.Tensor3D>(bank.rows(indices), 1);
        const candidates = tf.concat3d([own, others], 1); // [B, 1 + K, D]
        const likeness = tf.sum<tf.Tensor2D>(tf.mul(tf.expandDims(rows, 1), candidates), 2);
        const instances = crossEntropy(tf.div(likeness, TEMPERATURE), tf.zeros([batch], "int32"));

        const noisy = l2Normalize(
          tf.add<tf.Tensor2D>(rows, tf.mul(noise.uniform(context, [batch, DIM]), 0.1)),
        );
        const classes = crossEntropy(tf.matMul(noisy, prototypes, false, true), labels!);

        const drawnTo = withoutGradient(() => {
          const center = tf.gather(centers, tf.gather(clusters, indices));
          return tf.add(center, tf.mul(tf.gather(rows, order.permutation(context, batch)), 0.1));
        });
        const distance = tf.mean<tf.Scalar>(tf.squaredDifference(rows, drawnTo));

        const [ids, written] = [keep(replicas.gather(indices)), keep(replicas.gather(rows))];
        return {
          terms: {
            instances: { loss: instances, chance: Math.log(1 + NEGATIVES) },
            classes: { loss: classes, chance: Math.log(CLASSES) },
            ...(phase === "warm-up" ? {} : { clusters: { loss: distance, weight: 0.5 } }),
          },
          after: () => bank.write(ids, written),
        };
      },
      afterStep: () => prototypes.assign(l2Normalize(prototypes as unknown as tf.Tensor2D)),
      async beforeEpoch({ random, features, write, progress }) {
        const found = await features(network);
        progress(0.5, "k-means");
        const starts = random.permutation(found.count).slice(0, CLUSTERS);
        const means = meansOf(
          found,
          nearestTo(
            found,
            [...starts].map((image) => rowOf(found, image)),
          ),
        );
        write(centers, Float32Array.from(means.flat()));
        write(clusters, nearestTo(found, means));
      },
      representation: {
        featureDim: DIM,
        features: (images) => l2Normalize(network.project(network.encode(images, "inference"), "inference")),
      },
    };
  },
});

const crossEntropy = (logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar =>
  tf.mean(sparseSoftmaxCrossEntropy(logits, labels));

const rowOf = ({ dim, values }: EpochFeatures, image: number): number[] =>
  Array.from(values.subarray(image * dim, (image + 1) * dim));

/** For each image the place of the center that its row has the largest product with. */
const nearestTo = (features: EpochFeatures, centers: readonly (readonly number[])[]): Int32Array =>
  Int32Array.from({ length: features.count }, (_, image) => {
    const row = rowOf(features, image);
    const products = centers.map((center) => center.reduce((sum, value, d) => sum + value * row[d]!, 0));
    return products.indexOf(Math.max(...products));
  });

/** The mean row of each cluster; zeros for one without images. */
const meansOf = (features: EpochFeatures, clusters: Int32Array): number[][] =>
  Array.from({ length: CLUSTERS }, (_, cluster) => {
    const members = [...clusters.keys()].filter((image) => clusters[image] === cluster);
    const rows = members.map((image) => rowOf(features, image));
    return Array.from(
      { length: features.dim },
      (_, d) => rows.reduce((sum, row) => sum + row[d]!, 0) / Math.max(1, rows.length),
    );
  });
