import { DATA_TYPE, type NodeMessage } from "@tssl/engine";

import type { EncoderGraph, GraphParameter } from "./encoder-graph.ts";
import { onlyUsers } from "./walk.ts";

/**
 * The same encoder with each batch norm that follows a convolution inside of it:
 *
 *     w' = w gamma / sqrt(variance + epsilon)        b' = beta - mean gamma / sqrt(variance + epsilon)
 */
export function withFoldedBatchNorm(encoder: EncoderGraph): EncoderGraph {
  const parameters = new Map(encoder.parameters);
  const onlyUser = onlyUsers(encoder.nodes, encoder.output);
  const convolutions = new Map(encoder.nodes.map((node) => [node.name, node]));
  const replaced = new Map<string, NodeMessage>();
  for (const norm of encoder.nodes) {
    const convolution = convolutions.get(norm.input[0] ?? "");
    if (norm.op !== "FusedBatchNormV3" || convolution?.op !== "Conv2D") continue;
    if (onlyUser(convolution.name) !== norm) continue;
    const filter = parameters.get(convolution.input[1]!);
    const vectors = norm.input.slice(1).map((edge) => parameters.get(edge));
    if (filter === undefined || vectors.includes(undefined)) continue;
    const [weight, bias] = folded(filter, vectors as GraphParameter[], norm.attr["epsilon"]!.f!);
    const places = [`${convolution.name}_weight`, `${convolution.name}_bias`] as const;
    parameters.set(places[0], weight).set(places[1], bias);
    replaced.set(convolution.name, { ...convolution, input: [convolution.input[0]!, places[0]] });
    replaced.set(norm.name, {
      name: norm.name,
      op: "BiasAdd",
      input: [convolution.name, places[1]],
      attr: { T: { type: DATA_TYPE.float32 }, data_format: { s: Buffer.from("NHWC") } },
    });
  }
  const nodes = encoder.nodes.map((node) => replaced.get(node.name) ?? node);
  const used = new Set(nodes.flatMap(({ input }) => input));
  return { ...encoder, nodes, parameters: new Map([...parameters].filter(([edge]) => used.has(edge))) };
}

/** The filter is `[height, width, in, out]`. */
function folded(
  filter: GraphParameter,
  [gamma, beta, mean, variance]: readonly GraphParameter[],
  epsilon: number,
): readonly [GraphParameter, GraphParameter] {
  const out = filter.shape.at(-1)!;
  const scale = Float64Array.from(
    gamma!.values,
    (value, i) => value / Math.sqrt(variance!.values[i]! + epsilon),
  );
  const weight = filter.values.map((value, i) => value * scale[i % out]!);
  const bias = Float32Array.from(beta!.values, (value, i) => value - mean!.values[i]! * scale[i]!);
  const name = filter.name.replace(/\.weight$/, ".bias");
  return [
    { ...filter, values: weight },
    { name, shape: [out], values: bias },
  ];
}
