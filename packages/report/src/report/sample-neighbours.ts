import { decodeImage, type DecodeOptions } from "@tssl/augment-zoo";
import { type FeatureSample, readFeatureSample, spread } from "@tssl/core/internal";
import type { ImageSet } from "@tssl/core/run";

import { encodePng } from "./encode-png.ts";
import type { ReportData } from "./report-data.ts";

/** Images shown, and neighbours beside each. */
const ROWS = 10;
const NEIGHBOURS = 8;

/**
 * Training images and the images nearest to them, of those whose features the run has kept: the picture of
 * what was learned where no labelled images are classified. Undefined before a run has kept features at its
 * end.
 */
export async function sampleNeighbours(
  runFolder: string,
  train: ImageSet,
  decoding: Pick<DecodeOptions, "range">,
): Promise<Pick<ReportData, "neighbours" | "neighboursAmong"> | undefined> {
  const latest = await readFeatureSample(runFolder, "latest", train.files.length);
  if (latest === undefined) return undefined;
  const untrained = await readFeatureSample(runFolder, "untrained", train.files.length);
  const labelOf = (image: number) =>
    train.labels === undefined ? {} : { label: train.classes[train.labels[image]!]! };
  const show = async (image: number) => ({
    png: await encodePng(await decodeImage(train.files[image]!, decoding)),
    ...labelOf(image),
  });
  const neighbours = await Promise.all(
    spread(latest.count, ROWS).map(async (row) => {
      const image = latest.images[row]!;
      const nearest = (sample: FeatureSample) =>
        Promise.all(
          nearestIn(sample, image).map(async (each) => ({
            ...(await show(each.image)),
            similarity: each.similarity,
          })),
        );
      return {
        ...(await show(image)),
        ...(untrained?.images.includes(image) === true ? { untrained: await nearest(untrained) } : {}),
        trained: await nearest(latest),
      };
    }),
  );
  return { neighbours, neighboursAmong: latest.count };
}

/**
 * The images of a sample nearest to one of them by cosine, nearest first, itself left out.
 *
 * @param sample rows of length 1.
 */
export function nearestIn(
  { count, dim, values, images }: FeatureSample,
  image: number,
): readonly { readonly image: number; readonly similarity: number }[] {
  const own = images.indexOf(image);
  const query = values.subarray(own * dim, (own + 1) * dim);
  return Array.from({ length: count }, (_, row) => ({
    image: images[row]!,
    similarity: query.reduce((sum, value, d) => sum + value * values[row * dim + d]!, 0),
  }))
    .filter((_, row) => row !== own)
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, NEIGHBOURS);
}
