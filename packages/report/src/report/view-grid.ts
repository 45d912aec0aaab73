import {
  type AppliedOperation as ZooOperation,
  decodeImage,
  type DecodeOptions,
  viewOf,
  viewPicture,
} from "@tssl/augment-zoo";
import type { View } from "@tssl/core";
import type { ImageSet } from "@tssl/core/run";

import { encodePng } from "./encode-png.ts";
import { parameterTexts } from "./parameter-texts.ts";
import { recipeText } from "./recipe-text.ts";
import type { AppliedOperation, ViewGrid } from "./report-data.ts";

export interface ViewGridOptions {
  readonly seed: number;
  /** Places of images in the set: a row for each. */
  readonly images: readonly number[];
  /** Epochs, from 0: a sample of every view for each. */
  readonly epochs: readonly number[];
  /** The name of a row. Default: the class of the image. */
  readonly label?: (image: number) => string;
  /** How the images are decoded, as `decodingOf` the run. */
  readonly decoding: Pick<DecodeOptions, "range">;
}

/**
 * Makes images beside the views that a run with this seed makes of them in these epochs, each with its
 * operations. Images that cannot be decoded are left out.
 */
export async function viewGrid(
  { files, labels, classes }: Pick<ImageSet, "files" | "labels" | "classes">,
  views: Readonly<Record<string, View>>,
  { seed, images, epochs, label, decoding }: ViewGridOptions,
): Promise<ViewGrid> {
  const labelOf = label ?? (labels === undefined ? undefined : (image: number) => classes[labels[image]!]!);
  const rows = images.map(async (index) => {
    // A corrupt image may have ended the run; the page then shows the others.
    const original = await decodeImage(files[index]!, decoding).catch(() => undefined);
    if (original === undefined) return [];
    const samples = Object.entries(views).map(async ([view, { recipe }]) => {
      const ofEpochs = epochs.map(async (epoch) => {
        const { image, applied } = await viewOf(
          files[index]!,
          recipe,
          { seed, epoch, index, view },
          decoding,
        );
        return {
          png: await encodePng(viewPicture(image, recipe)),
          operations: applied.flatMap(describeOperation),
        };
      });
      return [view, await Promise.all(ofEpochs)] as const;
    });
    return [
      {
        png: await encodePng(original),
        ...(labelOf === undefined ? {} : { label: labelOf(index) }),
        samples: Object.fromEntries(await Promise.all(samples)),
      },
    ];
  });
  const roles = Object.entries(views).map(([name, { recipe }]) => ({ name, recipe: recipeText(recipe) }));
  return { roles, epochs, rows: (await Promise.all(rows)).flat() };
}

/** One line for an operation; for patches one more for each of them, with its corner and its operations. */
function describeOperation(applied: ZooOperation): AppliedOperation[] {
  if (applied.op !== "patches") {
    const { op, ...parameters } = applied;
    return [Object.keys(parameters).length === 0 ? { name: op } : { name: op, parameters }];
  }
  const { size, patches } = applied;
  return [
    { name: "patches", parameters: { size, count: patches.length } },
    ...patches.map(({ left, top, applied: own }, i) => ({
      name: `patch ${i + 1}`,
      parameters: { left, top, ...(own.length === 0 ? {} : { then: own.map(operationText).join(", ") }) },
    })),
  ];
}

/** "horizontalFlip", "hue factor 0.05" */
const operationText = ({ op, ...parameters }: ZooOperation): string =>
  [op, ...parameterTexts(parameters)].join(" ");
