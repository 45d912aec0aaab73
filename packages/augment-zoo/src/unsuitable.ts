import type { PixelFormat } from "./pixel-format.ts";
import type { Operation, Recipe } from "./recipe.ts";

/**
 * Why a recipe cannot be used on images of these channels and this depth: a sentence for each line that needs
 * what they lack, with what to use instead. For bytes of grey that is colorDrop alone: what else needs
 * colours leaves grey as it is, as in torchvision.
 *
 * @example
 * ```ts
 * unsuitable([{ op: "grayscale", p: 0.2 }], { channels: 13, depth: 32 }).length; // => 1
 * unsuitable([{ op: "grayscale", p: 0.2 }], { channels: 1, depth: 32 }); // => []
 * ```
 */
export const unsuitable = (recipe: Recipe, { channels, depth }: PixelFormat): readonly string[] =>
  depth === 8 && channels === 3
    ? []
    : recipe.flatMap((line) => {
        if (line.op === "colorDrop") {
          return ["colorDrop works on red, green and blue of 8 bits alone. Leave it out."];
        }
        if (depth === 8) return [];
        if (line.op === "randomStrong") {
          return [
            `randomStrong (${line.pool}) draws operations on levels of 8 bits, such as posterize and equalize, ` +
              "and views have float32. Use 8 bits, or a recipe without it.",
          ];
        }
        const needed = channels === 1 || channels === 3 ? [] : colours(line);
        return needed.length === 0
          ? []
          : [
              `${line.op} (${needed.join(", ")}) needs red, green and blue, and images have ${channels} channels. ` +
                "Leave it out; brightness and contrast work on any channels.",
            ];
      });

/** What of a line needs red, green and blue. */
function colours(line: Operation): readonly string[] {
  if (line.op === "grayscale") return ["brightness of three colours"];
  if (line.op !== "colorJitter") return [];
  return (["saturation", "hue"] as const).filter((name) => line[name] > 0);
}

/**
 * A recipe without what needs red, green and blue: saturation and hue of its colour jitter, grayscale, and
 * colorDrop.
 *
 * @example
 * ```ts
 * const light = { brightness: 0.4, contrast: 0.4 };
 * const jitter: Operation = { op: "colorJitter", ...light, saturation: 0.4, hue: 0.1, p: 0.8 };
 * const [left] = withoutColour([jitter, { op: "grayscale", p: 0.2 }]);
 * left; // => { op: "colorJitter", brightness: 0.4, contrast: 0.4, saturation: 0, hue: 0, p: 0.8 }
 * ```
 */
export const withoutColour = (recipe: Recipe): Recipe =>
  recipe.flatMap((line) => {
    if (line.op === "grayscale" || line.op === "colorDrop") return [];
    return [line.op === "colorJitter" ? { ...line, saturation: 0, hue: 0 } : line];
  });
