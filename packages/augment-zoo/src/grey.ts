import type { AppliedOperation } from "./applied.ts";
import type { Image } from "./image.ts";
import { replay } from "./replay.ts";

type Colour = readonly [number, number, number];

/** An RGB image as grey: as `convert("L")`, repeated over three channels. Grey itself stays as it is. */
export const asGrey = (image: Image): Image => replay(image, [{ op: "grayscale" }]);

/** Operations that paint: with grey of the colour's brightness, so that a grey image stays grey. */
export const withGreyFills = (applied: readonly AppliedOperation[]): readonly AppliedOperation[] =>
  applied.map((operation) => {
    if (operation.op === "cutout") return { ...operation, colour: greyOf(operation.colour) };
    if (operation.op === "patches") {
      const patches = operation.patches.map((patch) => ({ ...patch, applied: withGreyFills(patch.applied) }));
      return { ...operation, patches };
    }
    return "fill" in operation && operation.fill !== undefined
      ? { ...operation, fill: greyOf(operation.fill) }
      : operation;
  });

/** Pillow's brightness of a colour, three times. */
function greyOf([red, green, blue]: Colour): Colour {
  const level = (19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16;
  return [level, level, level];
}
