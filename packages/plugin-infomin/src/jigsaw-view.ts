import { invalidOption, type View } from "@tssl/core";
import { infominJigsawView, type ViewSize } from "@tssl/augment-zoo";

/**
 * The patches beside views of a size.
 *
 * @throws {TsslError} INVALID_OPTION of a rectangle.
 */
export function jigsawView(imageSize: ViewSize): View {
  if (typeof imageSize !== "number") {
    throw invalidOption("imageSize", "one number, because a jigsaw is a grid of 3 x 3 squares", imageSize);
  }
  return { recipe: infominJigsawView({ size: imageSize }) };
}
