import { availableParallelism } from "node:os";

import * as onnxruntime from "onnxruntime-web";

/** Threads of the WebAssembly build: more of them gain little. */
const MOST_THREADS = 4;

/** Runs images through an ONNX model in onnxruntime's WebAssembly build, which needs no native library. */
export interface OnnxRunner {
  /** @param images `[N, H, W, 3]` bytes. @returns the values of `features`, `[N, D]`. */
  features(images: Uint8Array, count: number, size: number): Promise<Float32Array>;
  close(): Promise<void>;
}

export async function openOnnx(model: Uint8Array): Promise<OnnxRunner> {
  onnxruntime.env.wasm.numThreads = Math.min(MOST_THREADS, availableParallelism());
  onnxruntime.env.logLevel = "error";
  const session = await onnxruntime.InferenceSession.create(model, { executionProviders: ["wasm"] });
  return {
    async features(images, count, size) {
      const input = new onnxruntime.Tensor("uint8", channelsFirst(images, count, size), [
        count,
        3,
        size,
        size,
      ]);
      const { features } = await session.run({ images: input }, ["features"]);
      return features!.data as Float32Array;
    },
    close: () => session.release(),
  };
}

/** `[N, 3, H, W]` of `[N, H, W, 3]`. */
export function channelsFirst(images: Uint8Array, count: number, size: number): Uint8Array {
  const pixels = size * size;
  const result = new Uint8Array(images.length);
  for (let image = 0; image < count; image++) {
    const from = image * pixels * 3;
    for (let channel = 0; channel < 3; channel++) {
      const to = from + channel * pixels;
      for (let pixel = 0; pixel < pixels; pixel++) result[to + pixel] = images[from + pixel * 3 + channel]!;
    }
  }
  return result;
}
