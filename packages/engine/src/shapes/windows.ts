import type { OpCall } from "./op-call.ts";
import { type Sides, sidesOfAxes } from "./sides.ts";

/** Number of places of a window along an axis. */
export function windowPlaces(
  call: OpCall,
  length: number,
  { size, stride, dilation = 1, sides }: { size: number; stride: number; dilation?: number; sides?: Sides },
): number {
  if (stride <= 0) throw call.misfit(`Stride must be > 0, but got ${stride}`);
  if (dilation < 1) throw call.misfit(`Dilation rate must be >= 1, but got ${dilation}`);
  const padding = call.text("padding");
  if (dilation > 1 && size === 0) throw call.misfit("Negative dimension size caused by subtracting 1 from 0");
  const seen = (size - 1) * dilation + 1;
  if (padding === "SAME") return Math.ceil(length / stride);
  const [before, after] = padding === "EXPLICIT" && sides !== undefined ? sides : [0, 0];
  const whole = before + length + after;
  if (whole < seen) {
    throw call.misfit(`Negative dimension size caused by subtracting ${seen} from ${whole}`);
  }
  return Math.floor((whole - seen + stride) / stride);
}

/** Where the axes of an image stand: "NHWC", "NCHW", "NDHWC" or "NCDHW". */
export interface Layout {
  readonly channels: number;
  /** Height and width, or depth, height and width. */
  readonly spatial: readonly number[];
}

export function layoutOf(call: OpCall): Layout {
  const format = call.text("data_format");
  const spatial = Array.from(format).flatMap((letter, place) => ("DHW".includes(letter) ? [place] : []));
  return { channels: format.indexOf("C"), spatial };
}

/** An attribute with one number for each axis of the image; it has 1 for images and channels. */
export function perAxis(call: OpCall, attribute: string, layout: Layout): readonly number[] {
  const numbers = call.ints(attribute);
  const rank = layout.spatial.length + 2;
  if (numbers.length !== rank) {
    throw call.misfit(`${attribute} must have ${rank} numbers, but has ${numbers.length}`);
  }
  return numbers;
}

/** The paddings of an axis; undefined where the padding is not explicit. */
export function explicitSides(call: OpCall, layout: Layout): (axis: number) => Sides | undefined {
  const numbers = call.ints("explicit_paddings");
  if (call.text("padding") !== "EXPLICIT") {
    if (numbers.length > 0) {
      throw call.misfit("explicit_paddings attribute must be empty if the padding attribute is not EXPLICIT");
    }
    return () => undefined;
  }
  const rank = layout.spatial.length + 2;
  if (numbers.length !== 2 * rank) {
    throw call.misfit(`explicit_paddings must have ${2 * rank} numbers, but has ${numbers.length}`);
  }
  for (const [place, side] of numbers.entries()) {
    if (side < 0)
      throw call.misfit(`All elements of explicit_paddings must be nonnegative, but one is ${side}`);
    if (side > 0 && !layout.spatial.includes(Math.floor(place / 2))) {
      throw call.misfit("Nonzero explicit padding in the batch or depth dimensions is not supported");
    }
  }
  const sides = sidesOfAxes(numbers);
  return (axis) => sides[axis];
}
