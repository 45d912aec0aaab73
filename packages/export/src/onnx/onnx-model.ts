import { TSSL_VERSION } from "@tssl/core/run";

import type { EncoderGraph } from "../graph/encoder-graph.ts";
import { withFoldedBatchNorm } from "../graph/fold-batch-norm.ts";
import { notExportable, opUnknown } from "../messages.ts";
import { createGraphBuilder } from "./graph-builder.ts";
import { encodeModel, ONNX_TYPE, type OnnxType, type ValueMessage } from "./messages-of-onnx.ts";
import { translations } from "./ops.ts";
import { createTranslation, type Value } from "./translation.ts";

export interface OnnxOptions {
  /** Whether each batch norm becomes part of the convolution before it. */
  readonly foldBatchNorm: boolean;
  /** Whether matrices and filters are stored as float16; they are made float32 where they are used. */
  readonly float16: boolean;
  /** Texts that the file carries, by their keys. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The version of ONNX's ops, which onnxruntime has since 1.12, and of its format. */
const OPSET = 17;
const IR_VERSION = 8;

/** Keeps the division finite where all features are 0, as `l2Normalize` of tssl. */
const EPSILON = 1e-12;

/**
 * Writes an encoder as an ONNX model: `images`, bytes `[N, 3, H, W]` in RGB, to `features` `[N, D]` and
 * `normalized`, the same with length 1. The normalization of images is inside.
 *
 * @throws {TsslError} EXPORT where the encoder uses an op that cannot be translated.
 */
export function onnxModel(
  recorded: EncoderGraph,
  { foldBatchNorm, float16, metadata }: OnnxOptions,
): Uint8Array {
  const encoder = foldBatchNorm ? withFoldedBatchNorm(recorded) : recorded;
  const graph = createGraphBuilder(["images", "features", "normalized"], { float16 });
  const values = new Map<string, Value>([[encoder.input, { name: "images", channelsFirst: true }]]);
  const translation = createTranslation(encoder, graph, values);
  for (const node of encoder.nodes) {
    if (node.op === "Const" || translation.known(node.name) !== undefined) continue;
    const translate = Object.hasOwn(translations, node.op) ? translations[node.op] : undefined;
    if (translate === undefined) throw notExportable("onnx", opUnknown(node.op));
    values.set(node.name, translate(node, translation));
  }
  const features = graph.result("features", "Identity", [translation.plain(encoder.output)]);
  const norm = graph.node("ReduceL2", [features], { axes: [1], keepdims: 1 });
  graph.result("normalized", "Div", [features, graph.node("Max", [norm, graph.scalar(EPSILON)])]);

  const { imageShape, featureDim } = encoder;
  const [height, width, channels] = imageShape;
  return encodeModel({
    ir_version: IR_VERSION,
    producer_name: "tssl",
    producer_version: TSSL_VERSION,
    opset_import: [{ domain: "", version: OPSET }],
    metadata_props: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: "encoder",
      doc_string: "",
      ...graph.made,
      input: [
        valueMessage(
          "images",
          "uint8",
          ["N", channels, height, width],
          channels === 3 ? "RGB, 0 to 255; normalized inside" : "grey, 0 to 255; normalized inside",
        ),
      ],
      output: [
        valueMessage("features", "float32", ["N", featureDim], "features of each image"),
        valueMessage("normalized", "float32", ["N", featureDim], "the same with length 1"),
      ],
    },
  });
}

const valueMessage = (
  name: string,
  type: OnnxType,
  dims: readonly (number | string)[],
  doc_string: string,
): ValueMessage => ({
  name,
  doc_string,
  type: {
    tensor_type: {
      elem_type: ONNX_TYPE[type],
      shape: {
        dim: dims.map((dim) => (typeof dim === "number" ? { dim_value: dim } : { dim_param: dim })),
      },
    },
  },
});
