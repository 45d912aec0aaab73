import * as tf from "@tensorflow/tfjs";

import { type Misfit } from "../../messages/checkpoint.ts";
import { weightsDoNotFit } from "../../messages/weights.ts";
import { type Made, noting } from "../../state/noting.ts";
import type { Scope } from "../../state/scope.ts";
import type { Encoder } from "../encoder.ts";
import { architectureOf } from "./architecture.ts";
import { matchWeights } from "./match-weights.ts";
import { isOnnx, type Weights } from "./read-weights.ts";
import { differInChannels, withChannels } from "./first-filters.ts";
import { otherGrid, type ResizedPositions, resizedPositions } from "./resized-positions.ts";
import { fromTorch, torchShape } from "./torch-array.ts";

/** What of a file an encoder took, and what it left. */
export interface LoadedWeights {
  readonly file: string;
  /** Of the file. */
  readonly sha256: string;
  /** Whose names the file has, and what stands before each. */
  readonly naming: string;
  readonly prefix: string;
  /** Number of arrays that the encoder took. */
  readonly taken: number;
  /** Names of the file that are no parameter of the encoder. */
  readonly leftOver: readonly string[];
  /** Grids of the position embeddings, where that of the file is another than the encoder's. */
  readonly resized?: ResizedPositions;
  /** The first filters where the file has them for another number of channels. */
  readonly adapted?: { readonly name: string; readonly from: number; readonly to: number };
}

/** timm's name of position embeddings. */
const POSITIONS = "pos_embed";

export interface EncoderWithWeights {
  readonly encoder: Encoder;
  readonly loaded: LoadedWeights;
}

/**
 * Builds an encoder and gives every parameter and running statistic its value from a file. Position
 * embeddings of another grid are interpolated; first filters for another number of channels are summed or
 * repeated, see `withChannels`.
 *
 * @throws {TsslError} WEIGHTS, naming each value that the file lacks or has in another shape; the encoder is
 * not to be used then.
 */
export function buildWithWeights(
  scope: Scope,
  build: (scope: Scope) => Encoder,
  weights: Weights,
): EncoderWithWeights {
  const made: Made[] = [];
  const encoder = build(noting(scope, "", made));
  const resizing = (name: string, saved: readonly number[], wanted: readonly number[]) =>
    name === POSITIONS && encoder.grid !== undefined ? otherGrid(saved, wanted, encoder.grid) : undefined;
  const match = matchWeights(
    made.map(({ name }) => name),
    weights.names,
  );
  const firstFilters = made.find(({ variable }) => variable.rank === 4)?.name;
  let adapted: LoadedWeights["adapted"];
  const misfits = made.flatMap(({ name, variable }): Misfit[] => {
    const wanted = torchShape(name, variable.shape);
    const found = weights.arrays.get(match.inFile.get(name) ?? "");
    if (found === undefined) return [{ name, wanted }];
    const fits = haveOneShape(found.shape, wanted) || isColumn(found.shape, wanted);
    if (fits || resizing(name, found.shape, wanted) !== undefined) return [];
    if (name === firstFilters && differInChannels(found.shape, wanted)) {
      adapted = { name, from: found.shape[1]!, to: wanted[1]! };
      return [];
    }
    return [{ name, saved: found.shape, wanted }];
  });
  if (misfits.length > 0) {
    throw weightsDoNotFit(weights.file, misfits, {
      found: architectureOf(shapesIn(weights, match.prefix)),
      wanted: architectureOf(
        new Map(made.map(({ name, variable }) => [name, torchShape(name, variable.shape)])),
      ),
      names: weights.names,
      none: match.inFile.size === 0,
      onnx: isOnnx(weights.file),
    });
  }
  let resized: ResizedPositions | undefined;
  for (const { name, variable } of made) {
    let array = weights.arrays.get(match.inFile.get(name)!)!;
    if (name === POSITIONS && !haveOneShape(array.shape, variable.shape)) {
      resized = resizing(name, array.shape, variable.shape)!;
      array = resizedPositions(array, resized);
    }
    if (name === adapted?.name) array = withChannels(array, adapted.to);
    const { data } = fromTorch(name, array);
    tf.tidy(() => variable.assign(tf.tensor(data, variable.shape)));
  }
  return {
    encoder,
    loaded: {
      file: weights.file,
      sha256: weights.sha256,
      naming: match.naming,
      prefix: match.prefix,
      taken: match.inFile.size,
      leftOver: match.leftOver,
      ...(resized === undefined ? {} : { resized }),
      ...(adapted === undefined ? {} : { adapted }),
    },
  };
}

const haveOneShape = (a: readonly number[], b: readonly number[]): boolean =>
  tf.util.arraysEqual([...a], [...b]);

/** `[C, 1, 1]` for `[C]`: torchvision keeps a scale of channels in the shape that multiplies its images. */
const isColumn = (found: readonly number[], [channels, ...rest]: readonly number[]): boolean =>
  rest.length === 0 && found[0] === channels && found.slice(1).every((side) => side === 1);

/** What kind of ResNet a file holds under torchvision's names; undefined where it is none that is known. */
export const architectureIn = (weights: Weights): string | undefined =>
  architectureOf(shapesIn(weights, matchWeights(["conv1.weight", "bn1.weight"], weights.names).prefix));

const shapesIn = ({ arrays }: Weights, prefix: string): ReadonlyMap<string, readonly number[]> =>
  new Map(
    [...arrays]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, { shape }]) => [name.slice(prefix.length), shape]),
  );
