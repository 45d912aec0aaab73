import type { Sides } from "../shapes/sides.ts";
import { namesOf, typesOf, type Value } from "./emitter.ts";
import { list, type TensorType, typeText } from "./literals.ts";
import type { Lowering, Lowerings, RecordedOp } from "./lowering.ts";
import { requireChannelsLast, windowSides } from "./windows.ts";

/** How a filter goes over an image; all of height and width. */
interface Going {
  readonly strides?: readonly number[];
  readonly padding: readonly Sides[];
  /** Pixels of the image, and of the filter, are this far apart. */
  readonly imageDilation?: readonly number[];
  readonly filterDilation?: readonly number[];
  /** Groups of channels, or of images, that do not mix. */
  readonly channelGroups?: number;
  readonly imageGroups?: number;
}

/**
 * A convolution. `axes` say what each axis of image, filter and result is, in StableHLO's letters: b batch, f
 * feature, i and o input and output channels, 0 and 1 height and width. Padding may be negative.
 */
function convolve(
  { emit, precision }: RecordedOp,
  [image, filter]: readonly [Value, Value],
  axes: string,
  going: Going,
  to: TensorType,
): Value {
  const { strides = [1, 1], padding, imageDilation = [1, 1], filterDilation = [1, 1] } = going;
  const { channelGroups = 1, imageGroups = 1 } = going;
  const pads = padding.map(list).join(", ");
  const window =
    `stride = ${list(strides)}, pad = [${pads}], ` +
    `lhs_dilate = ${list(imageDilation)}, rhs_dilate = ${list(filterDilation)}`;
  const config = `#stablehlo<precision ${precision}>`;
  return emit.put(
    `stablehlo.convolution(${namesOf([image, filter])}) dim_numbers = ${axes}, window = {${window}} ` +
      `{batch_group_count = ${imageGroups} : i64, feature_group_count = ${channelGroups} : i64, ` +
      `precision_config = [${config}, ${config}]} : (${typesOf([image, filter])}) -> ${typeText(to)}`,
    to,
  );
}

/** Stride, dilation and padding of an op along height and width, and the extents that follow. */
interface Geometry {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: readonly Sides[];
  /** Height and width of the filter with its dilation. */
  readonly extent: readonly number[];
}

/** @param image the shape of the image that the convolution takes. @param filter of its filter. */
function geometryOf(recorded: RecordedOp, image: readonly number[], filter: readonly number[]): Geometry {
  requireChannelsLast(recorded);
  const { attr } = recorded;
  const strides = attr["strides"]!.list!.i!;
  const dilations = attr["dilations"]?.list?.i ?? [];
  const factors = dilations.length === 0 ? [1, 1, 1, 1] : dilations;
  const extent = [1, 2].map((axis) => (filter[axis - 1]! - 1) * factors[axis]! + 1);
  const sides = windowSides(attr, image, [1, ...extent, 1], strides);
  return {
    strides: strides.slice(1, 3),
    dilations: factors.slice(1, 3),
    padding: sides.slice(1, 3),
    extent,
  };
}

/** Pixels from the first to the last gradient, where they stand a stride apart. */
const spreadOf = (dy: Value, { strides }: Geometry): number[] =>
  [0, 1].map((i) => (dy.shape[i + 1]! - 1) * strides[i]! + 1);

/** Groups of channels that do not mix: the filter sees one of them. */
const groupsOf = (image: readonly number[], filter: readonly number[]): number => image[3]! / filter[2]!;

const conv2d: Lowering = (recorded) => {
  const { value, to } = recorded;
  const [image, filter] = [value(0), value(1)];
  const { strides, dilations, padding } = geometryOf(recorded, image.shape, filter.shape);
  const channelGroups = groupsOf(image.shape, filter.shape);
  const going = { strides, padding, filterDilation: dilations, channelGroups };
  return convolve(recorded, [image, filter], "[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]", going, to);
};

/** The padding of the gradient of an image: the filter reaches the first gradient with its last pixel. */
function paddingOfImage(geometry: Geometry, image: readonly number[], dy: Value): Sides[] {
  const spread = spreadOf(dy, geometry);
  return [0, 1].map((i): Sides => {
    const low = geometry.extent[i]! - 1 - geometry.padding[i]![0];
    return [low, image[i + 1]! - 1 + geometry.extent[i]! - spread[i]! - low];
  });
}

/** The padding of the gradient of a filter: as many places as the filter has pixels. */
function paddingOfFilter(geometry: Geometry, image: readonly number[], dy: Value): Sides[] {
  const spread = spreadOf(dy, geometry);
  return [0, 1].map((i): Sides => {
    const low = geometry.padding[i]![0];
    return [low, geometry.extent[i]! - 1 + spread[i]! - image[i + 1]! - low];
  });
}

/** The filters of g groups, `[h, w, C / g, O]`, beside one another along the channels that they see: `[h, w, C, O / g]`. */
function groupsAlongInput({ emit }: RecordedOp, filter: Value, groups: number): Value {
  if (groups === 1) return filter;
  const [height, width, from, to] = filter.shape as [number, number, number, number];
  const apart = emit.reshape(filter, [height, width, from, groups, to / groups]);
  return emit.reshape(emit.transpose(apart, [0, 1, 3, 2, 4]), [height, width, groups * from, to / groups]);
}

/**
 * The gradient of an image: `dy`, its pixels a stride apart, under the filter turned around. XLA makes
 * cuDNN's backward convolution of an explicit `reverse`.
 */
const conv2dBackpropInput: Lowering = (recorded) => {
  const { emit, value, to } = recorded;
  const [filter, dy] = [value(1), value(2)];
  const geometry = geometryOf(recorded, to.shape, filter.shape);
  const channelGroups = groupsOf(to.shape, filter.shape);
  const going = {
    padding: paddingOfImage(geometry, to.shape, dy),
    imageDilation: geometry.strides,
    filterDilation: geometry.dilations,
    channelGroups,
  };
  const turned = emit.reverse(groupsAlongInput(recorded, filter, channelGroups), [0, 1]);
  return convolve(recorded, [dy, turned], "[b, 0, 1, f]x[0, 1, o, i]->[b, 0, 1, f]", going, to);
};

/** The gradient of a filter: the image under `dy`, where batch and channels change places. */
const conv2dBackpropFilter: Lowering = (recorded) => {
  const { value, to } = recorded;
  const [image, dy] = [value(0), value(2)];
  const geometry = geometryOf(recorded, image.shape, to.shape);
  const going = {
    strides: geometry.dilations,
    padding: paddingOfFilter(geometry, image.shape, dy),
    filterDilation: geometry.strides,
    imageGroups: groupsOf(image.shape, to.shape),
  };
  return convolve(recorded, [image, dy], "[f, 0, 1, b]x[i, 0, 1, o]->[0, 1, b, f]", going, to);
};

/** Each channel under filters of its own: as many groups as channels. `[h, w, C, M]` gives C * M channels. */
const depthwise: Lowering = (recorded) => {
  const { emit, value, to } = recorded;
  const [image, filter] = [value(0), value(1)];
  const { strides, dilations, padding } = geometryOf(recorded, image.shape, filter.shape);
  const [height, width, channels, each] = filter.shape as [number, number, number, number];
  const inGroups = emit.reshape(filter, [height, width, 1, channels * each]);
  const going = { strides, padding, filterDilation: dilations, channelGroups: channels };
  return convolve(recorded, [image, inGroups], "[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]", going, to);
};

const depthwiseBackpropInput: Lowering = (recorded) => {
  const { emit, value, to } = recorded;
  const [filter, dy] = [value(1), value(2)];
  const geometry = geometryOf(recorded, to.shape, filter.shape);
  const going = {
    padding: paddingOfImage(geometry, to.shape, dy),
    imageDilation: geometry.strides,
    filterDilation: geometry.dilations,
    channelGroups: filter.shape[2]!,
  };
  const turned = emit.reverse(filter, [0, 1]);
  return convolve(recorded, [dy, turned], "[b, 0, 1, f]x[0, 1, o, i]->[b, 0, 1, f]", going, to);
};

const depthwiseBackpropFilter: Lowering = (recorded) => {
  const { emit, value, to } = recorded;
  const [image, dy] = [value(0), value(2)];
  const geometry = geometryOf(recorded, image.shape, to.shape);
  const [height, width, channels, each] = to.shape as [number, number, number, number];
  const going = {
    strides: geometry.dilations,
    padding: paddingOfFilter(geometry, image.shape, dy),
    filterDilation: geometry.strides,
    imageGroups: channels,
  };
  const inGroups = { ...to, shape: [height, width, 1, channels * each] };
  const result = convolve(recorded, [image, dy], "[f, 0, 1, b]x[i, 0, 1, o]->[0, 1, b, f]", going, inGroups);
  return emit.reshape(result, to.shape);
};

/**
 * A convolution of nothing is nothing, and XLA refuses some of them: of no images, no channels or no pixels.
 */
const orNothing =
  (lowering: Lowering): Lowering =>
  (recorded) => {
    const { emit, to, values } = recorded;
    const isEmpty = [to, ...values()].some(({ shape }) => shape.includes(0));
    return isEmpty ? emit.splat(0, to.dtype, to.shape) : lowering(recorded);
  };

/** Convolutions and the gradients of their images and filters. */
export const convolutions: Lowerings = {
  Conv2D: orNothing(conv2d),
  Conv2DBackpropInput: orNothing(conv2dBackpropInput),
  Conv2DBackpropFilter: orNothing(conv2dBackpropFilter),
  DepthwiseConv2dNative: orNothing(depthwise),
  DepthwiseConv2dNativeBackpropInput: orNothing(depthwiseBackpropInput),
  DepthwiseConv2dNativeBackpropFilter: orNothing(depthwiseBackpropFilter),
};
