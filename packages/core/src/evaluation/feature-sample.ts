import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";

import { decodeSafetensors, encodeSafetensors } from "../files/safetensors.ts";
import { writeWhole } from "../files/write-whole.ts";
import type { Features } from "./extract-features.ts";
import { spread } from "./spread.ts";

/** Images that are taken of a larger set: a map of more would be slow to compute, and crowded. */
const MOST_IMAGES = 1000;

/** The encoder before the first step, or at the last evaluation. */
export type SampleTime = "untrained" | "latest";

/** Features of some images of a set, as a run keeps them for its page. */
export interface FeatureSample extends Features {
  /** Places of the images in the set. */
  readonly images: Int32Array;
  /** Steps that the encoder was trained for. */
  readonly step: number;
}

/** The places of the images in a set of `count` whose features are kept. */
export const sampledImages = (count: number): readonly number[] => spread(count, MOST_IMAGES);

/** Takes the rows of the sampled images. */
export function sampleFeatures({ count, dim, values }: Features): Features {
  const images = sampledImages(count);
  const rows = new Float32Array(images.length * dim);
  images.forEach((image, row) => rows.set(values.subarray(image * dim, (image + 1) * dim), row * dim));
  return { count: images.length, dim, values: rows };
}

const fileOf = (runFolder: string, time: SampleTime): string =>
  path.join(runFolder, "features", `${time}.safetensors`);

/** Keeps the features of the sampled images of a set. @throws what the system says, such as ENOSPC. */
export async function writeFeatureSample(
  runFolder: string,
  time: SampleTime,
  { count, dim, values, images, step }: FeatureSample,
): Promise<void> {
  const arrays = {
    features: { shape: [count, dim], data: values },
    images: { shape: [count], data: images },
    step: { shape: [1], data: Int32Array.of(step) },
  };
  const file = fileOf(runFolder, time);
  await mkdir(path.dirname(file), { recursive: true });
  await writeWhole(file, encodeSafetensors(arrays));
}

/** Undefined where a run has kept none. */
export async function readFeatureSample(
  runFolder: string,
  time: SampleTime,
): Promise<FeatureSample | undefined> {
  const file = fileOf(runFolder, time);
  const bytes = await readFile(file).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const { features, images, step } = decodeSafetensors(bytes, file);
  const [count, dim] = features!.shape;
  return {
    count: count!,
    dim: dim!,
    values: features!.data as Float32Array,
    images: images!.data as Int32Array,
    step: step!.data[0]!,
  };
}
