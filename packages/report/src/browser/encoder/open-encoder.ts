import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import wasm from "@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm";
import { loadGraphModel } from "@tensorflow/tfjs-converter";
import * as tf from "@tensorflow/tfjs-core";

import { MODEL_ID, WEIGHTS_ID } from "../page-data.ts";
import { embeddedBytes } from "./embedded-bytes.ts";

/** Features of one image, of length 1, from its bytes `[size, size, 3]`. */
export type Encoder = (pixels: Uint8Array) => Promise<Float32Array>;

/**
 * Opens the encoder that the page carries, in WebAssembly, of which the page carries the library too: nothing
 * is loaded from anywhere.
 */
export async function openEncoder(size: number): Promise<Encoder> {
  // With one file for every kind of machine: threads need a server that isolates the page.
  setWasmPaths({
    "tfjs-backend-wasm.wasm": wasm,
    "tfjs-backend-wasm-simd.wasm": wasm,
    "tfjs-backend-wasm-threaded-simd.wasm": wasm,
  });
  await tf.setBackend("wasm");
  const described = JSON.parse(document.getElementById(MODEL_ID)!.textContent) as tf.io.ModelArtifacts;
  const weightData = embeddedBytes(WEIGHTS_ID);
  const model = await loadGraphModel({ load: () => Promise.resolve({ ...described, weightData }) });
  return async (pixels) => {
    const images = tf.tensor4d(Int32Array.from(pixels), [1, size, size, 3], "int32");
    const features = model.execute({ images }, "normalized") as tf.Tensor;
    try {
      return (await features.data()) as Float32Array;
    } finally {
      tf.dispose([images, features]);
    }
  };
}
