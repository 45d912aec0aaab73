import { decodeImage, type DecodeOptions, type ImageFile } from "@tssl/augment-zoo";
import sharp from "sharp";
import { readFeatureSample } from "@tssl/core/internal";
import type { RunData } from "@tssl/core/run";

import { featureMap } from "./feature-map.ts";
import type { FeatureMaps } from "./report-data.ts";

/** Side of the thumbnails in pixels, and how many stand beside each other. */
const TILE = 40;
const COLUMNS = 40;

/** Images decoded at a time. */
const AT_ONCE = 8;

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
      decoding,
    ),
  };
}

/** One picture of all thumbnails, row by row; an image that cannot be decoded is left black. */
async function thumbnailSheet(
  files: readonly ImageFile[],
  decoding: Pick<DecodeOptions, "range">,
): Promise<Uint8Array> {
  const [width, height] = [TILE * COLUMNS, TILE * Math.ceil(files.length / COLUMNS)];
  const sheet = Buffer.alloc(width * height * 3);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < files.length) {
      const place = next++;
      const pixels = await thumbnail(files[place]!, decoding).catch(() => undefined);
      const [left, top] = [TILE * (place % COLUMNS), TILE * Math.floor(place / COLUMNS)];
      for (let row = 0; pixels !== undefined && row < TILE; row++) {
        pixels.copy(sheet, 3 * ((top + row) * width + left), 3 * row * TILE, 3 * (row + 1) * TILE);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return sharp(sheet, { raw: { width, height, channels: 3 } })
    .webp({ quality: 75 })
    .toBuffer();
}

async function thumbnail(file: ImageFile, decoding: Pick<DecodeOptions, "range">): Promise<Buffer> {
  const { width, height, data } = await decodeImage(file, decoding);
  return sharp(data, { raw: { width, height, channels: 3 } })
    .resize(TILE, TILE)
    .raw()
    .toBuffer();
}
