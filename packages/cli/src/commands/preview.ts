import { previewGrid, readImages, renderPreview, spread, writeWhole } from "@tssl/core";

import { usageError } from "../errors.ts";
import { readRunConfig } from "../read-run-config.ts";

export interface PreviewFlags {
  readonly out: string;
  /** Places of images in the training set. */
  readonly image?: readonly number[];
  readonly epoch: readonly number[];
  readonly set: readonly string[];
}

/** Images shown where none is named. */
const ROWS = 6;

/** `tssl preview <config>`: a page with views as training will make them; reads a few images and makes no network. */
export async function previewCommand(
  configFile: string,
  { out, image, epoch: epochs, set }: PreviewFlags,
): Promise<number> {
  const config = await readRunConfig(configFile, set);
  const { settings } = config;
  const images = await readImages(settings.data.train, (sentence) => process.stderr.write(`${sentence}\n`));
  const count = images.files.length;
  const beyond = image?.find((place) => place >= count);
  if (beyond !== undefined) {
    throw usageError(
      `--image must be from 0 to ${count - 1}, the places of the training images, got ${beyond}.`,
    );
  }
  const chosen = image ?? spread(count, ROWS);
  const grid = await previewGrid(config, images, { images: chosen, epochs });
  if (grid.rows.length < chosen.length) {
    process.stderr.write(`${chosen.length - grid.rows.length} of these images could not be decoded.\n`);
  }
  const page = renderPreview(grid, {
    title: settings.name,
    hint: `Seed ${settings.seed}; for each view from left to right: epoch ${epochs.join(", ")}. Training shows exactly these.`,
    command: `tssl preview ${configFile} --image ${chosen.join(",")} --epoch ${epochs.join(",")}`,
  });
  await writeWhole(out, page);
  process.stdout.write(`Views: ${out}\n`);
  return 0;
}
