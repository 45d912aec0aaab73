import * as engine from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { encoderShapes, viewOfOtherSize } from "../messages/config.ts";
import { defineEncoder, type Encoder, type EncoderDefinition } from "./encoder.ts";
import type { Mode } from "./layers.ts";
import { type Config, refuseUnsupported, seedInitializers } from "./layers-model-config.ts";
import type { Scope } from "../state/scope.ts";

export interface LayersModelEncoder {
  /** The word that names it in configs. */
  readonly name: string;
  /**
   * A model: training starts from its weights. A function that makes one: the weights are drawn by the
   * model's initializers, each seeded by the run's seed. Layers of your own class must be registered with
   * `tf.serialization.registerClass`.
   */
  readonly model: tf.LayersModel | (() => tf.LayersModel);
}

/**
 * Makes an encoder of a `tf.LayersModel`: of tf.sequential, tf.model or tf.loadLayersModel.
 *
 * The model takes one batch of normalized images, `[B, H, W, 3]`; leave H and W null where views differ in
 * size, as CLSA's do. It gives feature vectors `[B, D]`, or feature maps `[B, H', W', D]`, which are averaged
 * over height and width.
 *
 * Every network of a run (online, momentum encoder) is a copy of the model, whose weights belong to the run
 * as "layers.<position>.<weight>". Layers that are not trainable stay as they are, but for batch norm's
 * running statistics, which every training pass moves. With batch norm in groups, the groups pass one after
 * another and move the statistics in turn.
 *
 * The model given stays the caller's, untouched; of a function's model only the architecture is kept.
 *
 * @throws {TsslError} INVALID_CONFIG for more than one input or output, other shapes than these, layers that
 * draw random numbers (dropout with a rate above 0, noise), weight regularizers and constraints: the
 * optimizer knows nothing of them; for the batch norm of tf.layers on several replicas, whose statistics
 * would drift apart.
 *
 * @example
 * ```ts
 * const encoder = layersModelEncoder({
 *   name: "tiny",
 *   model: () =>
 *     tf.sequential({
 *       layers: [
 *         tf.layers.conv2d({ inputShape: [null, null, 3], filters: 8, kernelSize: 3 }),
 *         tf.layers.globalAveragePooling2d({}),
 *       ],
 *     }),
 * });
 * encoder.name; // => "tiny"
 * ```
 */
export function layersModelEncoder({ name, model }: LayersModelEncoder): EncoderDefinition<object> {
  return defineEncoder<object>({
    name,
    options: { type: "object", additionalProperties: false, required: [], properties: {} },
    build: (scope) => encoderOf(name, model, scope),
  });
}

function encoderOf(name: string, given: LayersModelEncoder["model"], scope: Scope): Encoder {
  const source = typeof given === "function" ? given() : given;
  const featureDim = checkShapes(name, source);
  const config = source.getConfig() as Config;
  refuseUnsupported(name, config, scope.replicas.size);
  const copy = copyOf(source, typeof given === "function" ? seedInitializers(config, scope) : config);
  adoptWeights(copy, source, typeof given === "function" ? copy : source, scope);
  if (typeof given === "function") source.dispose();

  const [height, width] = copy.inputs[0]!.shape.slice(1);
  const forward = (images: tf.Tensor4D, training: boolean): tf.Tensor2D => {
    const y = copy.apply(images, { training }) as tf.Tensor2D | tf.Tensor4D;
    return y.rank === 4 ? engine.globalAveragePool(y as tf.Tensor4D) : (y as tf.Tensor2D);
  };
  return {
    featureDim,
    forward(images, { training, batchNormGroups }: Mode) {
      const [, h, w] = images.shape;
      if ((height ?? h) !== h || (width ?? w) !== w) {
        throw viewOfOtherSize(name, [height, width], [h, w]);
      }
      if (!training || batchNormGroups === 1) return forward(images, training);
      return tf.concat(tf.split<tf.Tensor4D>(images, batchNormGroups).map((part) => forward(part, true)));
    },
  };
}

/** @returns the length of a feature vector. */
function checkShapes(name: string, { inputs, outputs }: tf.LayersModel): number {
  const [input] = inputs.map(({ shape }) => shape);
  const [output] = outputs.map(({ shape }) => shape);
  const featureDim = output?.at(-1);
  const wellFormed =
    inputs.length === 1 &&
    outputs.length === 1 &&
    input?.length === 4 &&
    (input[3] ?? 3) === 3 &&
    (output?.length === 2 || output?.length === 4) &&
    typeof featureDim === "number";
  if (wellFormed) return featureDim;
  throw encoderShapes(
    name,
    inputs.map(({ shape }) => shape),
    outputs.map(({ shape }) => shape),
  );
}

function copyOf(source: tf.LayersModel, config: Config): tf.LayersModel {
  const type = source.constructor as typeof tf.LayersModel;
  // fromConfig takes the config apart.
  return type.fromConfig(type, structuredClone(config) as tf.serialization.ConfigDict) as tf.LayersModel;
}

/** What tfjs keeps a weight in; `val` is what every use reads. */
interface WeightHolder {
  val: tf.Variable;
  readonly originalName: string;
}

/**
 * Puts variables of the run in place of the copy's own, with the values of `values`, a model of the same
 * architecture.
 */
function adoptWeights(
  copy: tf.LayersModel,
  source: tf.LayersModel,
  values: tf.LayersModel,
  scope: Scope,
): void {
  const trainable = new Set(source.trainableWeights);
  const adopt = (
    model: tf.LayersModel,
    sourceModel: tf.LayersModel,
    from: tf.LayersModel,
    at: Scope,
  ): void => {
    for (const [i, layer] of model.layers.entries()) {
      const own = at.child("layers").child(String(i));
      const sourceLayer = sourceModel.layers[i]!;
      const fromLayer = from.layers[i]!;
      if ("layers" in layer) {
        adopt(layer as tf.LayersModel, sourceLayer as tf.LayersModel, fromLayer as tf.LayersModel, own);
        continue;
      }
      for (const [j, weight] of layer.weights.entries()) {
        const holder = weight as unknown as WeightHolder;
        const name = holder.originalName.split("/").at(-1)!;
        const initial = { kind: "values", values: fromLayer.weights[j]!.read() } as const;
        const shape = holder.val.shape;
        const variable = trainable.has(sourceLayer.weights[j]!)
          ? own.parameter(name, shape, initial, shape.length > 1 ? "weight" : "vector")
          : own.buffer(name, shape, initial);
        holder.val.dispose();
        holder.val = variable;
      }
    }
  };
  adopt(copy, source, values, scope);
}
