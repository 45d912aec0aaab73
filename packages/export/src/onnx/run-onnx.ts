import { availableParallelism } from "node:os";

import * as onnxruntime from "onnxruntime-web";

import type { ImageBatch } from "../artefact.ts";

/** Threads of the WebAssembly build: more of them gain little. */
const MOST_THREADS = 4;

/** Runs images through an ONNX model in onnxruntime's WebAssembly build, which needs no native library. */
export interface OnnxRunner {
  /** @returns the values of `features`, `[N, D]`. */
  features(images: ImageBatch): Promise<Float32Array>;
  close(): Promise<void>;
}

export async function openOnnx(model: Uint8Array): Promise<OnnxRunner> {
  onnxruntime.env.wasm.numThreads = Math.min(MOST_THREADS, availableParallelism());
  onnxruntime.env.logLevel = "error";
  const session = await onnxruntime.InferenceSession.create(model, { executionProviders: ["wasm"] });
  return {
    async features(images) {
      const [count, height, width, channels] = images.shape as [number, number, number, number];
      const input = new onnxruntime.Tensor("uint8", channelsFirst(images), [count, channels, height, width]);
      const { features } = await session.run({ images: input }, ["features"]);
      return features!.data as Float32Array;
    },
    close: () => session.release(),
  };
}

/** The values of images as `[N, C, H, W]`. */
export function channelsFirst({ values, shape }: ImageBatch): Uint8Array {
  const [count, height, width, channels] = shape as [number, number, number, number];
  const pixels = height * width;
  const result = new Uint8Array(values.length);
  for (let image = 0; image < count; image++) {
    const from = image * pixels * channels;
    for (let channel = 0; channel < channels; channel++) {
      const to = from + channel * pixels;
      for (let pixel = 0; pixel < pixels; pixel++) {
        result[to + pixel] = values[from + pixel * channels + channel]!;
      }
    }
  }
  return result;
}
