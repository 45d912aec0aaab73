import { TSSL_VERSION } from "@tssl/core/run";
import { type AttributeMessage, DATA_TYPE, type NodeMessage } from "@tssl/engine";

import type { EmbeddedModel } from "../artefact.ts";
import { float16Of, isHalved } from "../float16.ts";
import type { EncoderGraph } from "../graph/encoder-graph.ts";
import { nodeOf, outputOf } from "../graph/walk.ts";
import { asLoaded } from "./as-loaded.ts";
import { float, ints, type StoredWeight } from "./stored-weight.ts";

/** A node as TensorFlow.js reads it: protocol buffers in JSON. */
interface JsonNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr: Readonly<Record<string, object>>;
}

/** A GraphModel of TensorFlow.js, its weights apart. */
export interface GraphModel {
  readonly format: "graph-model";
  readonly signature: object;
  readonly modelTopology: object;
  readonly weights: readonly StoredWeight[];
}

/** Bytes of a weight file: browsers keep files of this size in their cache. */
const SHARD = 4 * 2 ** 20;

const TYPE_NAMES: Readonly<Record<number, string>> = {
  [DATA_TYPE.float32]: "DT_FLOAT",
  [DATA_TYPE.int32]: "DT_INT32",
  [DATA_TYPE.bool]: "DT_BOOL",
};

/**
 * An encoder as a GraphModel of TensorFlow.js: `images`, int32 `[N, H, W, 3]` in RGB, 0 to 255, to `features`
 * `[N, D]` and `normalized`, the same with length 1.
 */
export function graphModel(encoder: EncoderGraph): GraphModel {
  const { imageShape, featureDim } = encoder;
  const constants = encoder.nodes.filter(({ op }) => op === "Const");
  const weights = [...constants.map(storedConstant), ...storedParameters(encoder)];
  const named = (edge: string): string => {
    if (edge === encoder.input) return "images";
    const parameter = encoder.parameters.get(edge);
    return parameter?.name ?? edge;
  };
  const computed = encoder.nodes.filter(({ op }) => op !== "Const").map((node) => asLoaded(node, encoder));
  const nodes: JsonNode[] = [
    {
      name: "images",
      op: "Placeholder",
      attr: { dtype: { type: "DT_INT32" }, shape: { shape: dims([-1, ...imageShape]) } },
    },
    ...weights.map(constantNode),
    ...computed.flatMap(({ nodes, constants }) => [
      ...constants.map(constantNode),
      ...nodes.map((node) => jsonNode(node, named)),
    ]),
    ...resultNodes(named(encoder.output)),
  ];
  return {
    format: "graph-model",
    signature: {
      inputs: { images: tensorInfo("images", "DT_INT32", [-1, ...imageShape]) },
      outputs: {
        features: tensorInfo("features", "DT_FLOAT", [-1, featureDim]),
        normalized: tensorInfo("normalized", "DT_FLOAT", [-1, featureDim]),
      },
    },
    modelTopology: { node: nodes, versions: { producer: 1700, minConsumer: 12 } },
    weights: [...weights, ...computed.flatMap(({ constants }) => constants), ...resultConstants],
  };
}

/**
 * The model with its matrices and filters stored as float16, which TensorFlow.js makes float32 again when it
 * loads them.
 */
export const inFloat16 = (model: GraphModel): GraphModel => ({
  ...model,
  weights: model.weights.map((weight) => {
    const { dtype, shape, bytes } = weight;
    if (dtype !== "float32" || !isHalved(shape)) return weight;
    const values = new Float32Array(new Uint8Array(bytes).buffer); // aligned
    return { ...weight, storedAs: "float16", bytes: new Uint8Array(float16Of(values).buffer) };
  }),
});

/** A weight as the manifest of a model names it. */
const weightSpec = ({ name, shape, dtype, storedAs }: StoredWeight): object => ({
  ...{ name, shape, dtype },
  ...(storedAs && { quantization: { dtype: storedAs, original_dtype: dtype } }),
});

/** The model as one JSON and one array of weights. */
export const embeddedModel = ({ format, signature, modelTopology, weights }: GraphModel): EmbeddedModel => ({
  json: JSON.stringify({ format, signature, modelTopology, weightSpecs: weights.map(weightSpec) }),
  weights: Buffer.concat(weights.map(({ bytes }) => bytes)),
});

/** @returns a GraphModel's files by name: model.json, and shards of 4 MB. */
export function graphModelFiles({
  format,
  signature,
  modelTopology,
  weights,
}: GraphModel): Readonly<Record<string, Uint8Array>> {
  const shards = inShards(weights.map(({ bytes }) => bytes));
  const paths = shards.map((_, i) => `group1-shard${i + 1}of${shards.length}.bin`);
  const model = {
    format,
    generatedBy: `tssl ${TSSL_VERSION}`,
    convertedBy: null,
    signature,
    modelTopology,
    weightsManifest: [{ paths, weights: weights.map(weightSpec) }],
  };
  return Object.fromEntries([
    ["model.json", Buffer.from(JSON.stringify(model))],
    ...shards.map((shard, i) => [paths[i]!, shard] as const),
  ]);
}

const storedConstant = ({ name, attr }: NodeMessage): StoredWeight => {
  const { dtype, tensor_shape, tensor_content } = attr["value"]!.tensor!;
  return {
    name,
    shape: tensor_shape.dim.map(({ size }) => size),
    dtype: dtype === DATA_TYPE.float32 ? "float32" : "int32",
    bytes: tensor_content,
  };
};

const storedParameters = ({ parameters }: EncoderGraph): readonly StoredWeight[] =>
  [...parameters.values()].map(({ name, shape, values }) => ({
    ...{ name, shape },
    dtype: "float32",
    bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  }));

const constantNode = ({ name, shape, dtype }: StoredWeight): JsonNode => {
  const type = dtype === "float32" ? "DT_FLOAT" : "DT_INT32";
  return {
    name,
    op: "Const",
    attr: { dtype: { type }, value: { tensor: { dtype: type, tensorShape: dims(shape) } } },
  };
};

/** As in `l2Normalize`: shorter rows are divided by this. */
const SHORTEST = 1e-12;
const resultConstants = [ints("normalized/axis", [1], [1]), float("normalized/least", SHORTEST ** 2)];

/** features, and normalized = features / max(|features|, 1e-12) */
function resultNodes(features: string): readonly JsonNode[] {
  const T = { type: "DT_FLOAT" };
  const made = (name: string, op: string, input: readonly string[], attr: object = {}): JsonNode => ({
    ...{ name, op, input },
    attr: { T, ...attr },
  });
  return [
    ...resultConstants.map(constantNode),
    made("features", "Identity", [features]),
    made("normalized/squares", "Mul", ["features", "features"]),
    made("normalized/sum", "Sum", ["normalized/squares", "normalized/axis"], {
      Tidx: { type: "DT_INT32" },
      keep_dims: { b: true },
    }),
    made("normalized/length", "Maximum", ["normalized/sum", "normalized/least"]),
    made("normalized/scale", "Rsqrt", ["normalized/length"]),
    made("normalized", "Mul", ["features", "normalized/scale"]),
  ];
}

function jsonNode({ name, op, input, attr }: NodeMessage, named: (edge: string) => string): JsonNode {
  const edges = input.map((edge) => {
    const place = outputOf(edge);
    return place === 0 ? named(nodeOf(edge)) : `${named(nodeOf(edge))}:${place}`;
  });
  return {
    ...{ name, op, input: edges },
    attr: Object.fromEntries(Object.entries(attr).map(([key, value]) => [key, jsonAttribute(value)])),
  };
}

/** Bytes come in as int32. */
const typeName = (type: number): string => TYPE_NAMES[type === DATA_TYPE.uint8 ? DATA_TYPE.int32 : type]!;

function jsonAttribute({ s, i, f, b, type, shape, list }: AttributeMessage): object {
  if (s !== undefined) return { s: Buffer.from(s).toString("base64") };
  if (i !== undefined) return { i: String(i) };
  if (f !== undefined) return { f };
  if (b !== undefined) return { b };
  if (type !== undefined) return { type: typeName(type) };
  if (shape !== undefined) return { shape };
  return {
    list: {
      ...(list?.i === undefined ? {} : { i: list.i.map(String) }),
      ...(list?.f === undefined ? {} : { f: list.f }),
      ...(list?.b === undefined ? {} : { b: list.b }),
      ...(list?.s === undefined ? {} : { s: list.s.map((text) => Buffer.from(text).toString("base64")) }),
      ...(list?.type === undefined ? {} : { type: list.type.map(typeName) }),
    },
  };
}

const dims = (shape: readonly number[]) => ({ dim: shape.map((size) => ({ size: String(size) })) });

const tensorInfo = (name: string, dtype: string, shape: readonly number[]) => ({
  ...{ name: `${name}:0`, dtype },
  tensorShape: dims(shape),
});

function inShards(arrays: readonly Uint8Array[]): readonly Uint8Array[] {
  const all = Buffer.concat(arrays);
  const count = Math.max(1, Math.ceil(all.length / SHARD));
  return Array.from({ length: count }, (_, i) => all.subarray(i * SHARD, (i + 1) * SHARD));
}
