import type { DecodeOptions } from "@tssl/augment-zoo";
import { readFeatureSample } from "@tssl/core/internal";
import type { RunData } from "@tssl/core/run";

import { featureMap } from "./feature-map.ts";
import type { FeatureMaps } from "./report-data.ts";
import { thumbnailSheet } from "./thumbnail-sheet.ts";

/** Side of the thumbnails in pixels, and how many stand beside each other. */
const TILE = 40;
const COLUMNS = 40;

/**
 * Maps of a run's features before training and at its last evaluation; undefined where no features were kept.
 */
export async function featureMaps(
  runFolder: string,
  { train, knnData }: RunData,
  { seed, decoding }: { readonly seed: number; readonly decoding: Pick<DecodeOptions, "range"> },
): Promise<FeatureMaps | undefined> {
  const set = knnData?.test ?? train;
  const latest = await readFeatureSample(runFolder, "latest", set.files.length);
  const untrained = await readFeatureSample(runFolder, "untrained", set.files.length);
  const samples = [untrained, latest?.step === 0 ? undefined : latest].filter(
    (sample) => sample !== undefined,
  );
  const maps = samples.flatMap((sample) => {
    const positions = featureMap(sample, seed);
    const name = sample.step === 0 ? "Untrained" : `After ${sample.step.toLocaleString("en-US")} steps`;
    return positions === undefined ? [] : [{ name, positions }];
  });
  if (maps.length === 0) return undefined;
  const images = Array.from(samples[0]!.images);
  return {
    maps,
    of: set.files.length,
    set: knnData === undefined ? "training" : "test",
    classes: set.classes,
    ...(set.labels === undefined ? {} : { labels: images.map((image) => set.labels![image]!) }),
    tile: TILE,
    columns: COLUMNS,
    sprite: await thumbnailSheet(
      images.map((image) => set.files[image]!),
      { tile: TILE, columns: COLUMNS, decoding },
    ),
  };
}
