import { sizeOfView, type ViewSize } from "@tssl/augment-zoo";
import * as tf from "@tensorflow/tfjs";

import { type EncoderStage, sideOfMap } from "../networks/encoder.ts";
import type { ExtractedLayer, LayersNetwork } from "./compile-features.ts";

/** A layer whose features are a stage's map, averaged to a grid of few places. */
export interface PooledStage extends ExtractedLayer {
  readonly channels: number;
  /** `[B, h, w, channels]` to `[B, dim]`. */
  readonly pool: (map: tf.Tensor4D) => tf.Tensor2D;
}

/** Numbers that a map is pooled to at most: VISSL's of ResNet-50 have 8,192 or 9,216. */
const MOST = 9216;

/**
 * A stage whose map is averaged to as many places as give at most 9,216 numbers, as VISSL evaluates layers
 * (Goyal et al., arXiv:1905.01235; facebookresearch/vissl at 1465c2c,
 * eval_resnet_8gpu_transfer_in1k_linear.yaml).
 *
 * A map of C channels becomes a grid of n x n places, n = floor(sqrt(9216 / C)), or fewer where the map has
 * fewer. Of ResNet-50 these are 12, 6, 4, 3 and 2, the published ones. Where maps are those of 224 pixels,
 * windows are the published ones too, which overlap, and of conv1 reach beyond the map, whose zeros count.
 * Elsewhere they are those of `torch.nn.AdaptiveAvgPool2d`.
 *
 * @param imageSize pixels of the images.
 */
export function pooledStage(stage: EncoderStage, imageSize: ViewSize): PooledStage {
  const { name, channels } = stage;
  const { width, height } = sizeOfView(imageSize);
  const [rows, columns] = [height, width].map((side) => poolingOf(sideOfMap(stage, side), channels)) as [
    Pooling,
    Pooling,
  ];
  const dim = rows.places * columns.places * channels;
  return {
    ...{ name, channels, dim },
    pool: (map) => tf.reshape(pooled(map, rows, columns), [map.shape[0], dim]),
  };
}

/**
 * The pooled maps of some stages in mode inference. Images pass through the encoder once, up to the last of
 * these stages.
 *
 * @returns from images `[B, H, W, C]`, normalized, to `[B, dim]` of each by its name.
 */
export const pooledMaps =
  (stages: readonly EncoderStage[], pooled: readonly PooledStage[]): LayersNetwork["features"] =>
  (images) => {
    const rows: Record<string, tf.Tensor2D> = {};
    let map = images;
    for (const { name, forward } of stages) {
      if (Object.keys(rows).length === pooled.length) break;
      map = forward(map, { training: false, batchNormGroups: 1 });
      const asked = pooled.find((each) => each.name === name);
      if (asked !== undefined) rows[name] = asked.pool(map);
    }
    return rows;
  };

/** How one side of a map is averaged. */
interface Pooling {
  readonly side: number;
  readonly places: number;
  /** `[places, side]`: the share of each pixel in each place. */
  readonly shares: Float32Array;
}

/** A window of pixels; those beyond the map are zeros. */
interface Window {
  readonly from: number;
  readonly size: number;
}

/** VISSL's windows, by the side of the map and the places: size, stride and padding. */
const PUBLISHED: Readonly<Record<string, readonly [size: number, stride: number, padding: number]>> = {
  "112 12": [10, 10, 4],
  "56 6": [16, 8, 0],
  "28 4": [13, 5, 0],
  "14 3": [8, 3, 0],
  "7 2": [6, 1, 0],
};

function poolingOf(side: number, channels: number): Pooling {
  const places = Math.min(side, Math.max(1, Math.floor(Math.sqrt(MOST / channels))));
  const shares = new Float32Array(places * side);
  for (const [place, { from, size }] of windowsOf(side, places).entries()) {
    for (let pixel = Math.max(0, from); pixel < Math.min(side, from + size); pixel++) {
      shares[place * side + pixel] = 1 / size;
    }
  }
  return { side, places, shares };
}

function windowsOf(side: number, places: number): readonly Window[] {
  const [size, stride, padding] = PUBLISHED[`${side} ${places}`] ?? [];
  return Array.from({ length: places }, (_, i): Window => {
    if (size !== undefined) return { from: i * stride! - padding!, size };
    const from = Math.floor((i * side) / places);
    return { from, size: Math.ceil(((i + 1) * side) / places) - from };
  });
}

/** `[B, H, W, C]` to `[B, rows, columns, C]`, by a product along each side. */
function pooled(map: tf.Tensor4D, rows: Pooling, columns: Pooling): tf.Tensor4D {
  const [batch, , width, channels] = map.shape;
  const down = product(rows, tf.transpose(map, [1, 0, 2, 3]), [batch, width, channels]);
  const across = product(columns, tf.transpose(down, [2, 1, 0, 3]), [batch, rows.places, channels]);
  return tf.transpose(across, [1, 2, 0, 3]);
}

/** `[side, …]` to `[places, …]` */
function product({ side, places, shares }: Pooling, x: tf.Tensor, rest: readonly number[]): tf.Tensor4D {
  const matrix = tf.tensor2d(shares, [places, side]);
  return tf.reshape(tf.matMul(matrix, tf.reshape<tf.Rank.R2>(x, [side, -1])), [places, ...rest] as [
    number,
    number,
    number,
    number,
  ]);
}
