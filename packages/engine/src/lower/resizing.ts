import { range } from "../range.ts";
import { type Emitter, namesOf, typesOf, type Value } from "./emitter.ts";
import { typeText } from "./literals.ts";
import type { Lowering, Lowerings, RecordedOp } from "./lowering.ts";
import { requireChannelsLast } from "./windows.ts";

/** What each pixel of an axis of the result takes of the image's pixels: rows of shares that sum to 1. */
type Shares = readonly (readonly number[])[];
type SharesOf = (recorded: RecordedOp, from: number, to: number) => Shares;

/** Where a pixel of the result lies in the image, along one axis, as TensorFlow's attributes say. */
function placeOf({ attr }: RecordedOp, from: number, to: number, isHalf: boolean): (i: number) => number {
  const isAligned = (attr["align_corners"]?.b ?? false) && to > 1;
  // TensorFlow's scale is a float32, which decides where a place falls on a pixel's edge.
  const scale = Math.fround(isAligned ? (from - 1) / (to - 1) : from / to);
  return (i) => Math.fround(isHalf ? (i + 0.5) * scale : i * scale);
}

const bilinear: SharesOf = (recorded, from, to) => {
  const isHalf = recorded.attr["half_pixel_centers"]?.b ?? false;
  const place = placeOf(recorded, from, to, isHalf);
  return range(to).map((i) => {
    const at = place(i) - (isHalf ? 0.5 : 0);
    const below = Math.floor(at);
    const [first, second] = [Math.max(below, 0), Math.min(isHalf ? Math.ceil(at) : below + 1, from - 1)];
    const shares = Array<number>(from).fill(0);
    shares[first]! += 1 - (at - below);
    shares[Math.max(second, 0)]! += at - below;
    return shares;
  });
};

const nearest: SharesOf = (recorded, from, to) => {
  const isHalf = recorded.attr["half_pixel_centers"]?.b ?? false;
  const place = placeOf(recorded, from, to, isHalf);
  const rounded = recorded.attr["align_corners"]?.b ? Math.round : Math.floor;
  return range(to).map((i) => {
    const taken = Math.max(Math.min(rounded(place(i)), from - 1), 0);
    return range(from).map((pixel) => (pixel === taken ? 1 : 0));
  });
};

const transposed = (shares: Shares): Shares =>
  shares[0]!.map((_, column) => shares.map((row) => row[column]!));

/** An image under a matrix of shares for its height and one for its width. */
function weighted(emit: Emitter, given: Value, [rows, columns]: readonly [Shares, Shares]): Value {
  const image = emit.convert(given, emit.float);
  const along = (x: Value, axis: number, shares: Shares): Value => {
    const matrix = emit.constant(shares.flat(), {
      dtype: emit.float,
      shape: [shares.length, shares[0]!.length],
    });
    const shape = [...x.shape.toSpliced(axis, 1), shares.length];
    const type = { dtype: emit.float, shape };
    const of = [x, matrix];
    return emit.put(
      `stablehlo.dot_general ${namesOf(of)}, contracting_dims = [${axis}] x [1], ` +
        `precision = [HIGHEST, HIGHEST] : (${typesOf(of)}) -> ${typeText(type)}`,
      type,
    );
  };
  // The summed axis is left out and the new one comes last: [N, W, C, H'], then [N, C, H', W'].
  return emit.transpose(along(along(image, 1, rows), 1, columns), [0, 2, 3, 1]);
}

const resized =
  (sharesOf: SharesOf): Lowering =>
  (recorded) => {
    requireChannelsLast(recorded);
    const { emit, value, to } = recorded;
    const sides = [1, 2].map((axis) => sharesOf(recorded, value(0).shape[axis]!, to.shape[axis]!));
    return emit.convert(weighted(emit, value(0), sides as [Shares, Shares]), to.dtype);
  };

/** What a pixel gave is what its gradient gets. */
const resizedGrad =
  (sharesOf: SharesOf): Lowering =>
  (recorded) => {
    const { emit, value, to } = recorded;
    const sides = [1, 2].map((axis) =>
      transposed(sharesOf(recorded, to.shape[axis]!, value(0).shape[axis]!)),
    );
    return emit.convert(weighted(emit, value(0), sides as [Shares, Shares]), to.dtype);
  };

/** Images of another size: both sizes are known, so that resizing is two products with constant matrices. */
export const resizing: Lowerings = {
  ResizeBilinear: resized(bilinear),
  ResizeBilinearGrad: resizedGrad(bilinear),
  ResizeNearestNeighbor: resized(nearest),
  ResizeNearestNeighborGrad: resizedGrad(nearest),
};
