import { readFile } from "node:fs/promises";
import path from "node:path";

import * as tf from "@tensorflow/tfjs";

import type { ImageBatch } from "../artefact.ts";

/**
 * Runs images through a GraphModel: loaded by TensorFlow.js's own loader, computed by its current backend.
 */
export interface GraphModelRunner {
  /** @returns the values of `features`, `[N, D]`. */
  features(images: ImageBatch): Promise<Float32Array>;
  close(): void;
}

export async function openGraphModel(artifacts: tf.io.ModelArtifacts): Promise<GraphModelRunner> {
  const model = await tf.loadGraphModel({ load: () => Promise.resolve(artifacts) });
  return {
    async features({ values, shape }) {
      const input = tf.tensor(Int32Array.from(values), [...shape], "int32");
      const features = model.execute({ images: input }, "features") as tf.Tensor;
      try {
        return (await features.data()) as Float32Array;
      } finally {
        features.dispose();
        input.dispose();
      }
    },
    close: () => model.dispose(),
  };
}

interface ModelJson extends tf.io.ModelJSON {
  readonly weightsManifest: tf.io.WeightsManifestConfig;
}

/** @param folder of model.json and its shards. */
export async function artifactsIn(folder: string): Promise<tf.io.ModelArtifacts> {
  const json = JSON.parse(await readFile(path.join(folder, "model.json"), "utf8")) as ModelJson;
  const shards = await Promise.all(
    json.weightsManifest.flatMap(({ paths }) => paths.map((name) => readFile(path.join(folder, name)))),
  );
  return {
    modelTopology: json.modelTopology,
    format: json.format!,
    signature: json.signature!,
    weightSpecs: json.weightsManifest.flatMap(({ weights }) => weights),
    weightData: new Uint8Array(Buffer.concat(shards)).buffer,
  };
}
