import { axisOf, merged, ranked, rankedAtLeast, rankedAtMost, saidShape, scalar } from "./dimensions.ts";
import { type OpCall, ops, type OpTable, type ShapeRule } from "./op-call.ts";
import { fromZero, sameShape, type Shape, shapeText, sizeOf } from "./shape.ts";

const gather: ShapeRule = (call) => {
  const [x, indices] = [call.shapes[0]!, call.shapes[1]!];
  const given = scalar(call, 2);
  const batch = call.int("batch_dims");
  if (batch < -indices.length || batch > indices.length) {
    throw call.misfit(`Shape must be at least rank ${Math.abs(batch)} but is rank ${indices.length}`);
  }
  const shared = fromZero(batch, indices.length);
  const needed = given >= 0 ? given + 1 : -given;
  if (x.length < needed) throw call.misfit(`Shape must be at least rank ${needed} but is rank ${x.length}`);
  const axis = axisOf(given, x.length)!;
  if (shared > axis) throw call.misfit(`batch_dims (${shared}) must be less than or equal to axis (${axis})`);
  merged(call, x.slice(0, shared), indices.slice(0, shared));
  return [[...x.slice(0, axis), ...indices.slice(shared), ...x.slice(axis + 1)]];
};

const gatherSlices: ShapeRule = (call) => {
  const x = call.shapes[0]!;
  const indices = rankedAtLeast(call, 1, 1);
  const depth = indices.at(-1)!;
  if (depth > x.length) {
    throw call.misfit(
      `indices.shape[-1] must be <= params.rank, but saw indices shape: ${shapeText(indices)}, ` +
        `and params shape: ${shapeText(x)}`,
    );
  }
  return [[...indices.slice(0, -1), ...x.slice(depth)]];
};

/** What indices `[…, depth]` and updates of a scatter into `target` must be. */
function requireScatter(call: OpCall, target: Shape, indices: Shape, updates: Shape): void {
  const words =
    `indices shape ${shapeText(indices)}, updates shape ${shapeText(updates)}, ` +
    `tensor ${shapeText(target)}`;
  if (sizeOf(target) === 0 && (sizeOf(indices) > 0 || sizeOf(updates) > 0)) {
    throw call.misfit(`Indices and updates specified for empty output: ${words}`);
  }
  const depth = indices.at(-1) ?? 1;
  const outer = indices.slice(0, -1);
  if (!sameShape(updates.slice(0, outer.length), outer)) {
    throw call.misfit(`Dimensions [0,${outer.length}) of indices must match those of updates: ${words}`);
  }
  if (!sameShape(updates.slice(outer.length), target.slice(depth)) || depth > target.length) {
    throw call.misfit(
      `Inner dimensions of updates must match dimensions [${depth},${target.length}) of the tensor: ${words}`,
    );
  }
}

const scatterNew: ShapeRule = (call) => {
  const indices = rankedAtLeast(call, 0, 1);
  const updates = rankedAtLeast(call, 1, 1);
  const shape = saidShape(call, 2);
  requireScatter(call, shape, indices, updates);
  return [shape];
};

const scatterInto: ShapeRule = (call) => {
  const tensor = rankedAtLeast(call, 0, 1);
  const indices = rankedAtLeast(call, 1, 1);
  requireScatter(call, tensor, indices, call.shapes[2]!);
  return [tensor];
};

const segments: ShapeRule = (call) => {
  const [data, ids] = [call.shapes[0]!, call.shapes[1]!];
  const count = scalar(call, 2);
  if (ids.length > data.length) {
    throw call.misfit(`Shape must be at least rank ${ids.length} but is rank ${data.length}`);
  }
  merged(call, data.slice(0, ids.length), ids);
  if (count < 0)
    throw call.misfit(`Dimension size, given by scalar input 2, must be non-negative but is ${count}`);
  return [[count, ...data.slice(ids.length)]];
};

const counts: ShapeRule = (call) => {
  const size = scalar(call, 1);
  if (size < 0) throw call.misfit(`size must be non-negative, got ${size}`);
  return [[size]];
};

/** As `counts`, for each row of a matrix. */
const countsOfRows: ShapeRule = (call) => {
  const shape = rankedAtMost(call, 0, 2);
  const [size] = call.numbers(1);
  return [shape.length === 2 ? [shape[0]!, size!] : [size!]];
};

const largest: ShapeRule = (call) => {
  const shape = rankedAtLeast(call, 0, 1);
  const k = scalar(call, 1);
  if (k < 0) throw call.misfit(`Need k >= 0, got ${k}`);
  if (shape.at(-1)! < k)
    throw call.misfit(`input must have last dimension >= k = ${k} but is ${shape.at(-1)}`);
  const result = [...shape.slice(0, -1), k];
  return [result, result];
};

const sparseToDense: ShapeRule = (call) => [saidShape(call, 1)];

const diagonal: ShapeRule = (call) => {
  const shape = rankedAtLeast(call, 0, 1);
  return [[...shape, ...shape]];
};

const diagonalPart: ShapeRule = (call) => {
  const shape = call.shapes[0]!;
  const half = shape.length / 2;
  if (half === 0 || !Number.isInteger(half)) {
    throw call.misfit(`Input must have even and non-zero rank, input rank is ${shape.length}`);
  }
  return [merged(call, shape.slice(0, half), shape.slice(half))];
};

const band: ShapeRule = (call) => [rankedAtLeast(call, 0, 2)];

const SCATTER = "T, Tindices:index, T -> T; bad_indices_policy:text=";

/** Ops that read or write elements by their indices. */
export const INDEXING: OpTable = {
  ...ops("GatherV2", "Tparams, Tindices:index, Taxis:index -> Tparams; batch_dims:int=0", gather),
  ...ops("GatherNd", "Tparams, Tindices:index -> Tparams; bad_indices_policy:text=", gatherSlices),
  ...ops("ScatterNd", "Tindices:index, T, Tindices -> T; bad_indices_policy:text=", scatterNew),
  ...ops(
    "TensorScatterUpdate TensorScatterAdd TensorScatterSub TensorScatterMax TensorScatterMin",
    SCATTER,
    scatterInto,
  ),
  ...ops(
    "UnsortedSegmentSum UnsortedSegmentMax UnsortedSegmentMin UnsortedSegmentProd",
    "T:number, Tindices:index, Tnumsegments:index -> T",
    segments,
  ),
  ...ops("Bincount", "int32, int32, T:countable -> T", counts),
  ...ops("DenseBincount", "Tidx:index, Tidx, T:countable -> T; binary_output:bool=false", countsOfRows),
  ...ops("TopKV2", "T:number, Tk:index -> T, index_type:index=int32; sorted:bool=true", largest),
  ...ops("SparseToDense", "Tindices:index, Tindices, T, T -> T; validate_indices:bool=true", sparseToDense),
  ...ops("Diag", "T:signed -> T", diagonal),
  ...ops("DiagPart", "T:signed -> T", diagonalPart),
  ...ops("MatrixBandPart", "T, Tindex:index, Tindex -> T", band),
  ...ops("InvertPermutation", "T:index -> T", (call) => [ranked(call, 0, 1)]),
};
