import { GROUPS } from "../compile/joined-batch-norms.ts";
import { range } from "../range.ts";
import { sizeOf } from "../shapes/shape.ts";
import { allGather, allReduce } from "./collectives.ts";
import type { Value } from "./emitter.ts";
import type { Lowering, Lowerings, RecordedOp } from "./lowering.ts";
import { OVER_REPLICAS } from "./over-replicas.ts";
import { requireChannelsLast } from "./windows.ts";

/**
 * What both directions need of an image `[…, C]`: wide numbers, and vectors of channels over all pixels. With
 * groups the image is `[groups, rows of one, …, C]`, and a vector `[groups, C]` or `[C]`.
 */
function pixels({ emit, attr, to }: RecordedOp, given: Value) {
  const groups = attr[GROUPS]?.i ?? 1;
  const inGroups = (x: Value): Value => {
    const [rows, ...others] = x.shape;
    return groups === 1 ? x : emit.reshape(x, [groups, rows! / groups, ...others]);
  };
  // Statistics are those of float32 for bfloat16 images too: XLA fuses the conversion.
  const wide = (x: Value): Value => emit.convert(inGroups(x), emit.float);
  const image = wide(given);
  const last = image.shape.length - 1;
  const axes = range(last).slice(groups === 1 ? 0 : 1);
  const count = sizeOf(axes.map((axis) => image.shape[axis]!));
  const sum = (x: Value): Value => emit.reduce("add", x, axes);
  return {
    image,
    wide,
    count,
    sum,
    mean: (x: Value): Value => emit.scaled(sum(x), 1 / count),
    overPixels: (vector: Value): Value =>
      emit.broadcast(vector, image.shape, vector.shape.length === 2 ? [0, last] : [last]),
    /** The shape and type that the op's image has. */
    asImage: (x: Value): Value => {
      const typed = emit.convert(x, to.dtype);
      return groups === 1 ? typed : emit.reshape(typed, to.shape);
    },
    /** The sum of a vector of each group. */
    ofAllGroups: (vector: Value): Value => (groups === 1 ? vector : emit.reduce("add", vector, [0])),
  };
}

const inverseDeviation = ({ emit, attr }: RecordedOp, variance: Value): Value =>
  emit.unary("rsqrt", emit.add(variance, emit.splat(Math.fround(attr["epsilon"]?.f ?? 1e-4), emit.float)));

const isOverReplicas = ({ attr }: RecordedOp): boolean => attr[OVER_REPLICAS]?.b ?? false;

/** A vector, or its mean over replicas where statistics are those of all rows. */
const meanOfReplicas = (recorded: RecordedOp, vector: Value): Value =>
  isOverReplicas(recorded)
    ? recorded.emit.scaled(allReduce(recorded, vector), 1 / recorded.replicas)
    : vector;

/**
 * Mean and variance of the rows of all replicas, of which each has as many:
 *
 *     mean = mean of the means          variance = mean of the variances + variance of the means
 */
function ofAllReplicas(recorded: RecordedOp, mean: Value, variance: Value): [Value, Value] {
  const { emit, replicas } = recorded;
  const channels = mean.shape[0]!;
  const both = emit.concatenate(
    [mean, variance].map((each) => emit.reshape(each, [1, 1, channels])),
    1,
  );
  const all = allGather(recorded, both); // [replicas, 2, channels]: one message for both
  const each = (place: number): Value =>
    emit.reshape(emit.sliceAlong(all, 1, place, place + 1), [replicas, channels]);
  const meanOfRows = (rows: Value): Value => emit.scaled(emit.reduce("add", rows, [0]), 1 / replicas);
  const joint = meanOfRows(each(0));
  const apart = emit.subtract(each(0), emit.broadcast(joint, [replicas, channels], [1]));
  return [joint, emit.add(meanOfRows(each(1)), meanOfRows(emit.multiply(apart, apart)))];
}

/**
 * Batch norm. Results: image, running mean and variance, then what the gradient takes: the batch's mean and
 * *biased* variance (TensorFlow on a GPU keeps the inverse deviation instead; here it is ours to define). The
 * running variance takes the unbiased one. The sixth result has no reader but the gradient, which ignores it.
 */
const batchNorm: Lowering = (recorded) => {
  requireChannelsLast(recorded);
  const { emit, value, attr } = recorded;
  const [gamma, beta, runningMean, runningVariance] = [1, 2, 3, 4].map(value) as [Value, Value, Value, Value];
  const isTraining = attr["is_training"]?.b ?? true;
  const { image, count, mean: meanOf, overPixels, asImage } = pixels(recorded, value(0));
  let [mean, variance] = [runningMean, runningVariance];
  if (isTraining) {
    // In two passes: one that takes E[x²] - E[x]² cancels where the mean is large.
    mean = meanOf(image);
    const centred = emit.subtract(image, overPixels(mean));
    variance = meanOf(emit.multiply(centred, centred));
    if (isOverReplicas(recorded)) [mean, variance] = ofAllReplicas(recorded, mean, variance);
  }
  const scale = emit.multiply(inverseDeviation(recorded, variance), gamma);
  const centred = emit.subtract(image, overPixels(mean));
  const y = emit.add(emit.multiply(centred, overPixels(scale)), overPixels(beta));
  const result = asImage(y);
  if (!isTraining) return [result, runningMean, runningVariance, mean, variance];

  const share = Math.fround(attr["exponential_avg_factor"]?.f ?? 1);
  const moved = (old: Value, now: Value): Value =>
    share === 1 ? now : emit.add(emit.scaled(old, 1 - share), emit.scaled(now, share));
  const seen = isOverReplicas(recorded) ? count * recorded.replicas : count;
  const unbiased = emit.scaled(variance, seen / Math.max(seen - 1, 1));
  return [result, moved(runningMean, mean), moved(runningVariance, unbiased), mean, variance];
};

/** Gradients of image, gamma and beta. Without training, mean and variance are constants. */
const batchNormGrad: Lowering = (recorded) => {
  requireChannelsLast(recorded);
  const { emit, value, attr } = recorded;
  const [gamma, mean, variance] = [2, 3, 4].map(value) as [Value, Value, Value];
  const isTraining = attr["is_training"]?.b ?? true;
  const { image, wide, count, sum, overPixels, asImage, ofAllGroups } = pixels(recorded, value(1));
  const dy = wide(value(0));
  const inverse = inverseDeviation(recorded, variance);
  const normal = emit.multiply(emit.subtract(image, overPixels(mean)), overPixels(inverse));
  const dBeta = sum(dy);
  const dGamma = sum(emit.multiply(dy, normal));
  const overBatch = (vector: Value): Value =>
    overPixels(emit.scaled(meanOfReplicas(recorded, vector), 1 / count));
  const inner = isTraining
    ? emit.subtract(emit.subtract(dy, overBatch(dBeta)), emit.multiply(normal, overBatch(dGamma)))
    : dy;
  const dx = emit.multiply(inner, overPixels(emit.multiply(inverse, gamma)));
  return [asImage(dx), ofAllGroups(dGamma), ofAllGroups(dBeta)];
};

export const batchNorms: Lowerings = {
  FusedBatchNorm: batchNorm,
  FusedBatchNormV3: batchNorm,
  FusedBatchNormGradV3: batchNormGrad,
};
