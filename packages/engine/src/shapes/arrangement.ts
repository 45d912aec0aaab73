import {
  axisOf,
  merged,
  ranked,
  rankedAtLeast,
  replaced,
  requireLength,
  saidShape,
  scalar,
  vector,
} from "./dimensions.ts";
import { type OpCall, ops, type OpTable, type ShapeRule } from "./op-call.ts";
import { type Shape, shapeText, sizeOf } from "./shape.ts";
import { type Sides, sidesOfAxes } from "./sides.ts";

const reshape: ShapeRule = (call) => {
  const shape = call.shapes[0]!;
  const wanted = vector(call, 1);
  const size = sizeOf(shape);
  const open = wanted.indexOf(-1);
  for (const [place, length] of wanted.entries()) {
    if (length < -1) throw call.misfit(`Dimension ${place} must be >= -1, but is ${length}`);
    if (length === -1 && place !== open) {
      throw call.misfit("Only one length of the new shape may be -1, and be computed from the others.");
    }
  }
  const rest = sizeOf(wanted.filter((_, place) => place !== open));
  if (open >= 0 && rest > 0 && size % rest === 0) return [replaced(wanted, open, size / rest)];
  if (open >= 0 && rest === 0 && size === 0) {
    throw call.misfit("The length that is -1 cannot be computed where the tensor has no elements");
  }
  if (open >= 0) {
    throw call.misfit(
      `Cannot reshape a tensor with ${size} elements to shape ${shapeText(wanted)}: ` +
        `${size} is no multiple of ${rest}`,
    );
  }
  if (size !== rest) {
    throw call.misfit(
      `Cannot reshape a tensor with ${size} elements to shape ${shapeText(wanted)} (${rest} elements)`,
    );
  }
  return [wanted];
};

const expandDims: ShapeRule = (call) => {
  const shape = call.shapes[0]!;
  const axes = call.numbers(1);
  if (axes.length !== 1) {
    throw call.misfit(`'dim' input must be a tensor with a single value, but has ${axes.length}`);
  }
  const axis = axisOf(axes[0]!, shape.length + 1);
  if (axis === undefined) {
    throw call.misfit(`dim ${axes[0]} not in the interval [${-shape.length - 1}, ${shape.length}].`);
  }
  return [[...shape.slice(0, axis), 1, ...shape.slice(axis)]];
};

const squeeze: ShapeRule = (call) => {
  const shape = call.shapes[0]!;
  const axes = call.ints("squeeze_dims").map((axis) => {
    const place = axisOf(axis, shape.length);
    if (place === undefined) {
      throw call.misfit(`squeeze_dims[${axis}] not in [${-shape.length},${shape.length}).`);
    }
    if (shape[place] !== 1) {
      throw call.misfit(`Can not squeeze dim[${place}], expected a dimension of 1, got ${shape[place]}`);
    }
    return place;
  });
  return [shape.filter((length, place) => (axes.length === 0 ? length !== 1 : !axes.includes(place)))];
};

const transpose: ShapeRule = (call) => {
  const shape = call.shapes[0]!;
  const order = vector(call, 1);
  requireLength(call, order.length, shape.length);
  const places = order.map((axis) => {
    const place = axisOf(axis, shape.length);
    if (place === undefined)
      throw call.misfit(`perm dim ${axis} is out of range of input rank ${shape.length}`);
    return place;
  });
  const twice = places.find((place, at) => places.indexOf(place) !== at);
  if (twice !== undefined) throw call.misfit(`perm has the dimension ${twice} twice: ${shapeText(order)}`);
  return [places.map((place) => shape[place]!)];
};

const tile: ShapeRule = (call) => {
  const shape = call.shapes[0]!;
  const times = saidShape(call, 1);
  if (times.length !== shape.length) {
    throw call.misfit(`Shape must be rank ${times.length} but is rank ${shape.length}`);
  }
  return [shape.map((length, axis) => length * times[axis]!)];
};

const pack: ShapeRule = (call) => {
  const shape = call.shapes.reduce((a, b) => merged(call, a, b));
  const axis = requiredAxis(call, call.int("axis"), shape.length + 1, "axis");
  return [[...shape.slice(0, axis), call.shapes.length, ...shape.slice(axis)]];
};

const unpack: ShapeRule = (call) => {
  const shape = rankedAtLeast(call, 0, 1);
  const axis = requiredAxis(call, call.int("axis"), shape.length, "axis");
  requireLength(call, shape[axis]!, call.count);
  return Array.from({ length: call.count }, () => replaced(shape, axis));
};

function requiredAxis(call: OpCall, axis: number, rank: number, name: string): number {
  const place = axisOf(axis, rank);
  if (place === undefined) throw call.misfit(`Invalid ${name}: ${axis} not in [${-rank},${rank})`);
  return place;
}

const concat: ShapeRule = (call) => {
  const parts = call.shapes.slice(0, -1);
  if (parts.length < 2) throw call.misfit(`Value for attr 'N' of ${parts.length} must be at least minimum 2`);
  const given = scalar(call, parts.length);
  const rank = parts[0]!.length;
  const axis = axisOf(given, rank);
  if (rank === 0) throw call.misfit("Can't concatenate scalars (use tf.stack instead)");
  for (const part of parts) {
    if (part.length !== rank) throw call.misfit(`Shape must be rank ${rank} but is rank ${part.length}`);
  }
  if (axis === undefined) {
    throw call.misfit(`Expected concatenation axis in the range [${-rank}, ${rank}), but got ${given}`);
  }
  for (const part of parts) merged(call, replaced(parts[0]!, axis, 0), replaced(part, axis, 0));
  return [
    replaced(
      parts[0]!,
      axis,
      parts.reduce((sum, part) => sum + part[axis]!, 0),
    ),
  ];
};

const broadcastTo: ShapeRule = (call) => {
  const shape = call.shapes[0]!;
  const wanted = saidShape(call, 1);
  if (shape.length > wanted.length) {
    throw call.misfit(`Shape must be at most rank ${wanted.length} but is rank ${shape.length}`);
  }
  const ahead = wanted.length - shape.length;
  for (const [axis, length] of shape.entries()) {
    if (length !== 1 && length !== wanted[axis + ahead]) {
      throw call.misfit(`Dimensions must be equal, but are ${length} and ${wanted[axis + ahead]}`);
    }
  }
  return [wanted];
};

/** The shape that two shapes have together, as a vector. */
const broadcastArguments: ShapeRule = (call) => {
  ranked(call, 0, 1);
  ranked(call, 1, 1);
  return [[Math.max(...call.shapes.map(([length]) => length!))]];
};

const reverse: ShapeRule = (call) => {
  const shape = call.shapes[0]!;
  const axes = vector(call, 1);
  if (shape.length > 8) throw call.misfit("reverse does not work on tensors with more than 8 dimensions");
  const places = axes.map((axis) => {
    const place = axisOf(axis, shape.length);
    if (place === undefined) {
      throw call.misfit(`axis[${axes.indexOf(axis)}] = ${axis} not in [${-shape.length}, ${shape.length})`);
    }
    return place;
  });
  const twice = places.find((place, at) => places.indexOf(place) !== at);
  if (twice !== undefined) throw call.misfit(`axis ${twice} specified more than once.`);
  return [shape];
};

const roll: ShapeRule = (call) => {
  const shape = rankedAtLeast(call, 0, 1);
  const [shift, axis] = [call.shapes[1]!, call.shapes[2]!];
  for (const input of [shift, axis]) {
    if (input.length > 1) throw call.misfit(`Shape must be at most rank 1 but is rank ${input.length}`);
  }
  return [shape];
};

/** The numbers of axes of a block: spatial axes come after the first. */
function blocks(call: OpCall): { shape: Shape; block: Shape; sides: readonly Sides[] } {
  const shape = call.shapes[0]!;
  const [axes] = ranked(call, 1, 1);
  merged(call, ranked(call, 2, 2), [axes!, 2]);
  if (shape.length < axes! + 1) {
    throw call.misfit(`Shape must be at least rank ${axes! + 1} but is rank ${shape.length}`);
  }
  const block = call.numbers(1);
  for (const [place, length] of block.entries()) {
    if (length < 1) throw call.misfit(`block_shape[${place}] = ${length} must be positive`);
  }
  const numbers = call.numbers(2);
  const negative = numbers.find((side) => side < 0);
  if (negative !== undefined) throw call.misfit(`paddings and crops must be >= 0, but one is ${negative}`);
  return { shape, block, sides: sidesOfAxes(numbers) };
}

const spaceToBatch: ShapeRule = (call) => {
  const { shape, block, sides } = blocks(call);
  const inner = block.map((step, i) => {
    const [before, after] = sides[i]!;
    const whole = before + shape[i + 1]! + after;
    if (whole % step !== 0) {
      throw call.misfit(`Dimension size must be evenly divisible by ${step} but is ${whole}`);
    }
    return whole / step;
  });
  return [[shape[0]! * sizeOf(block), ...inner, ...shape.slice(block.length + 1)]];
};

const batchToSpace: ShapeRule = (call) => {
  const { shape, block, sides } = blocks(call);
  const pieces = sizeOf(block);
  if (shape[0]! % pieces !== 0) {
    throw call.misfit(`Dimension size must be evenly divisible by ${pieces} but is ${shape[0]}`);
  }
  const inner = block.map((step, i) => {
    const [before, after] = sides[i]!;
    const [whole, cut] = [shape[i + 1]! * step, before + after];
    if (whole < cut) {
      throw call.misfit(`Negative dimension size caused by subtracting ${cut} from ${whole}`);
    }
    return whole - cut;
  });
  return [[shape[0]! / pieces, ...inner, ...shape.slice(block.length + 1)]];
};

/** Places of height, width and depth in an image. */
function placesOf(call: OpCall): readonly [number, number, number] {
  switch (call.text("data_format")) {
    case "NHWC":
      return [1, 2, 3];
    case "NCHW":
      return [2, 3, 1];
    default:
      throw call.misfit("data_format NCHW_VECT_C cannot be recorded");
  }
}

const depthToSpace: ShapeRule = (call) => {
  const shape = ranked(call, 0, 4);
  const places = placesOf(call);
  const block = blockSize(call);
  const depth = shape[places[2]]!;
  if (depth % block ** 2 !== 0) {
    throw call.misfit(`Dimension size must be evenly divisible by ${block ** 2} but is ${depth}`);
  }
  return [
    withLengths(shape, places, [shape[places[0]]! * block, shape[places[1]]! * block, depth / block ** 2]),
  ];
};

const spaceToDepth: ShapeRule = (call) => {
  const shape = ranked(call, 0, 4);
  const places = placesOf(call);
  const block = blockSize(call);
  for (const place of places.slice(0, 2)) {
    if (shape[place]! % block !== 0) {
      throw call.misfit(`Dimension size must be evenly divisible by ${block} but is ${shape[place]}`);
    }
  }
  const [height, width, depth] = places.map((place) => shape[place]!) as [number, number, number];
  return [withLengths(shape, places, [height / block, width / block, depth * block ** 2])];
};

function blockSize(call: OpCall): number {
  const block = call.int("block_size");
  if (block < 2) throw call.misfit(`Value for attr 'block_size' of ${block} must be at least minimum 2`);
  return block;
}

/** A shape with other lengths at some places. */
const withLengths = (shape: Shape, places: readonly number[], lengths: readonly number[]): Shape =>
  places.reduce<Shape>((changed, place, i) => replaced(changed, place, lengths[i]!), shape);

const BLOCKS = "block_size:int data_format:text{NHWC|NCHW|NCHW_VECT_C}=NHWC";

/** Ops that move elements and compute none. */
export const ARRANGEMENT: OpTable = {
  ...ops("Reshape", "T, Tshape:index -> T", reshape),
  ...ops("ExpandDims", "T, Tdim:index -> T", expandDims),
  ...ops("Squeeze", "T -> T; squeeze_dims:ints=[]", squeeze),
  ...ops("Shape", "T -> out_type:index=int32", ({ shapes }) => [[shapes[0]!.length]]),
  ...ops("Size", "T -> out_type:index=int32", () => [[]]),
  ...ops("Rank", "T -> int32", () => [[]]),
  ...ops("Transpose", "T, Tperm:index -> T", transpose),
  ...ops("Tile", "T, Tmultiples:index -> T", tile),
  ...ops("Pack", "N*T -> T; axis:int=0", pack),
  ...ops("Unpack", "T -> num*T; axis:int=0", unpack),
  ...ops("ConcatV2", "N*T, Tidx:index -> T", concat),
  ...ops("BroadcastTo", "T, Tidx:index -> T", broadcastTo),
  ...ops("BroadcastArgs", "T:index, T -> T", broadcastArguments),
  ...ops("ReverseV2", "T:value, Tidx:index -> T", reverse),
  ...ops("Roll", "T, Tshift:index, Taxis:index -> T", roll),
  ...ops("SpaceToBatchND", "T, Tblock_shape:index, Tpaddings:index -> T", spaceToBatch),
  ...ops("BatchToSpaceND", "T, Tblock_shape:index, Tcrops:index -> T", batchToSpace),
  ...ops("DepthToSpace", `T -> T; ${BLOCKS}`, depthToSpace),
  ...ops("SpaceToDepth", `T -> T; ${BLOCKS}`, spaceToDepth),
};
