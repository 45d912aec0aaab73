import { mkdir } from "node:fs/promises";
import path from "node:path";

import { encodeSafetensors, readSafetensors } from "../files/safetensors.ts";
import { fileDamaged, imageOutsideSet, noFeatureSample } from "../messages/damaged-files.ts";
import { writeWhole } from "../files/write-whole.ts";
import type { Features } from "./extract-features.ts";
import { rowsOf } from "../state/rows-of.ts";
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
  return { count: images.length, dim, values: rowsOf(values, dim, images) };
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

/**
 * Undefined where a run has kept none.
 *
 * @param setSize images of the set that they are of.
 * @throws {TsslError} FILE_DAMAGED if the file does not hold what a run keeps; CHECKPOINT if it is not a
 * valid safetensors file.
 */
export async function readFeatureSample(
  runFolder: string,
  time: SampleTime,
  setSize: number,
): Promise<FeatureSample | undefined> {
  const file = fileOf(runFolder, time);
  const arrays = await readSafetensors(file);
  if (arrays === undefined) return undefined;
  const { features, images, step } = arrays;
  const [count, dim] = features?.shape ?? [];
  if (
    !(features?.data instanceof Float32Array && features.shape.length === 2 && count! <= MOST_IMAGES) ||
    !(images?.data instanceof Int32Array && images.data.length === count) ||
    !(step?.data instanceof Int32Array && step.data.length === 1)
  ) {
    throw fileDamaged(file, noFeatureSample());
  }
  const stray = images.data.find((image) => image < 0 || image >= setSize);
  if (stray !== undefined) throw fileDamaged(file, imageOutsideSet(stray, setSize));
  return { count, dim: dim!, values: features.data, images: images.data, step: step.data[0]! };
}
