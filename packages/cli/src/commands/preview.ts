import path from "node:path";

import { asFileName, spread, writeOutput } from "@tssl/core/internal";
import { readImages, viewsOf } from "@tssl/core/run";
import { previewGrid, renderPreview, type ViewGrid } from "@tssl/report";
import type { Command } from "commander";

import { finish } from "../exit-code.ts";
import { imageOutOfRange, unknownView } from "../messages/usage.ts";
import { places } from "../option-values.ts";
import { requireOutputFile, requireOutputFolder } from "../output-places.ts";
import type { Override } from "../overrides.ts";
import { readRunConfig } from "../read-run-config.ts";
import { setOption } from "../set-option.ts";
import { printNotice, printResult, tell } from "../terminal.ts";
import { type TrustFlag, trustOption } from "../trust.ts";
import { recipesText, samplesText } from "../views-text.ts";

interface PreviewFlags extends TrustFlag {
  readonly out: string;
  /** Numbers of training images, from 0. */
  readonly image?: readonly number[];
  readonly epoch: readonly number[];
  /** Names of the views to show; all views by default. */
  readonly view?: readonly string[];
  /** Prints the recipes with their sources, and the operations on each image. */
  readonly explain: boolean;
  /** A folder for one file per view. */
  readonly png?: string;
  readonly set: readonly Override[];
}

/** Number of images to show by default. */
const ROWS = 6;

export function addPreview(program: Command): void {
  program
    .command("preview")
    .description("write a page with images and their views, exactly as training will make them")
    .argument("<config>", "YAML, JSON or TypeScript file")
    .option("--out <file>", "file for the page", "preview.html")
    .option("--image <places>", "numbers of training images, from 0 (default: six, evenly spread)", places)
    .option("--epoch <epochs>", "epochs of the views, from 0", places, [0, 1, 2])
    .option("--view <names>", "views to show (default: all)", (text: string) => text.split(","))
    .option("--explain", "print the recipes with their sources, and the operations on each image", false)
    .option("--png <folder>", "folder for one PNG file per view")
    .addOption(setOption())
    .addOption(trustOption())
    .addHelpText(
      "after",
      `
Examples:
  tssl preview config.yaml --explain
  tssl preview config.yaml --image 17 --epoch 3 --view query --set seed=1 --png views
    (one view of a run with seed 1)`,
    )
    .action(async (config: string, flags: PreviewFlags) => finish(await previewCommand(config, flags)));
}

/**
 * `tssl preview <config>`: a page with views exactly as training will make them. It reads a few images and
 * builds no network.
 */
async function previewCommand(
  configFile: string,
  { out, image, epoch: epochs, view, explain, png, set, trust }: PreviewFlags,
): Promise<number> {
  requireOutputFile("--out", out);
  if (png !== undefined) requireOutputFolder("--png", png);
  const config = await readRunConfig(configFile, set, { trust });
  const { settings } = config;
  const images = await readImages(settings.data.train, tell);
  const count = images.files.length;
  const beyond = image?.find((place) => place >= count);
  if (beyond !== undefined) throw imageOutOfRange(beyond, count);
  const every = viewsOf(config, count);
  const unknown = view?.find((name) => !(name in every));
  if (unknown !== undefined) throw unknownView(unknown, Object.keys(every));
  const chosen = image ?? spread(count, ROWS);
  const views = view ?? Object.keys(every);
  if (explain) {
    printResult(recipesText(Object.fromEntries(views.map((name) => [name, every[name]!.recipe]))));
  }
  const grids = new Map<number, ViewGrid>();
  for (const place of chosen) {
    grids.set(place, await previewGrid(config, images, { images: [place], epochs, views }));
  }
  const undecoded = chosen.filter((place) => grids.get(place)!.rows.length === 0);
  if (undecoded.length > 0) printNotice(`${undecoded.length} of these images could not be decoded.\n`);
  for (const [place, { rows }] of grids) {
    for (const { samples } of rows) {
      const title = `\nimage ${place} (${images.names[place]!}), seed ${settings.seed}`;
      if (explain) printResult(samplesText(title, samples, epochs));
      if (png !== undefined) await writePngs(png, place, samples, epochs);
    }
  }
  if (png !== undefined) printResult(`Views as PNG: ${png}\n`);
  const page = renderPreview(
    { ...grids.get(chosen[0]!)!, rows: [...grids.values()].flatMap(({ rows }) => rows) },
    {
      title: settings.name,
      hint:
        `Seed ${settings.seed}; for each view from left to right: epoch ${epochs.join(", ")}. ` +
        "Training uses exactly these views.",
      command: `tssl preview ${configFile} --image ${chosen.join(",")} --epoch ${epochs.join(",")}`,
    },
  );
  await writeOutput(out, page);
  printResult(`Views: ${out}\n`);
  return 0;
}

/** "image-17-epoch-3-query.png" */
async function writePngs(
  folder: string,
  place: number,
  samples: ViewGrid["rows"][number]["samples"],
  epochs: readonly number[],
): Promise<void> {
  for (const [view, ofEpochs] of Object.entries(samples)) {
    for (const [e, { png }] of ofEpochs.entries()) {
      await writeOutput(path.join(folder, `image-${place}-epoch-${epochs[e]!}-${asFileName(view)}.png`), png);
    }
  }
}
