import { DATA_TYPE } from "./data-types.ts";
import { isOrder } from "./edge.ts";
import type { NodeMessage } from "./graph-messages.ts";
import type { Recording } from "./record.ts";
import { recordedValue } from "./recorded-edges.ts";

/**
 * "float32", or "bfloat16": convolutions, matrix products and the ops between them in bfloat16, all others in
 * float32.
 */
export type Precision = "float32" | "bfloat16";

/**
 * Places of the inputs that have an op's type T, like its first output; other inputs and outputs keep their
 * types.
 */
type Typed = readonly number[] | "all";

/** Ops with nearly all of the arithmetic. They sum in float32. */
const COMPUTE: Readonly<Record<string, Typed>> = {
  Conv2D: [0, 1],
  Conv2DBackpropInput: [1, 2],
  Conv2DBackpropFilter: [0, 2],
  MatMul: [0, 1],
  BatchMatMulV2: [0, 1],
};

/**
 * Ops with nearly all of the other memory traffic. On images of features they use bfloat16 if an input
 * already has it. Batch norm's statistics and parameters stay in float32.
 */
const FOLLOW: Readonly<Record<string, Typed>> = {
  FusedBatchNormV3: [0],
  FusedBatchNormGradV3: [0, 1],
  Relu: [0],
  ReluGrad: [0, 1],
  Add: [0, 1],
  AddV2: [0, 1],
  AddN: "all",
  MaxPool: [0],
  MaxPoolGrad: [0, 1, 2],
  AvgPool: [0],
  AvgPoolGrad: [1],
  Pad: [0],
  Slice: [0],
};

/**
 * Adds casts to bfloat16, which has the range of float32 and 8 bits of mantissa instead of 24.
 *
 * State, inputs and results stay in float32, so weights are stored and updated in full precision ("master
 * weights"). This is the recipe of Micikevicius et al. 2018, https://arxiv.org/abs/1710.03740, without loss
 * scaling, which float16 needs for its short range.
 */
export function inBfloat16(recording: Recording): Recording {
  const nodes: NodeMessage[] = [];
  const short = new Set<string>();
  const casts = new Map<string, string>();
  const produced = new Map(recording.produced);

  const cast = (edge: string, to: "short" | "float"): string => {
    if (isOrder(edge)) return edge;
    if (short.has(edge) === (to === "short")) return edge;
    const known = casts.get(edge);
    if (known !== undefined) return known;
    const name = `precision_${casts.size}`;
    const [SrcT, DstT] =
      to === "short" ? [DATA_TYPE.float32, DATA_TYPE.bfloat16] : [DATA_TYPE.bfloat16, DATA_TYPE.float32];
    nodes.push({ name, op: "Cast", input: [edge], attr: { SrcT: { type: SrcT }, DstT: { type: DstT } } });
    casts.set(edge, name);
    const { shape } = recordedValue({ produced }, edge);
    produced.set(name, [{ dtype: to === "short" ? "bfloat16" : "float32", shape }]);
    return name;
  };

  for (const node of recording.nodes) {
    const typed = typesOf(node, recording, short);
    if (typed === undefined) {
      nodes.push({ ...node, input: node.input.map((edge) => cast(edge, "float")) });
      continue;
    }
    const isTyped = (i: number) => typed === "all" || typed.includes(i);
    const input = node.input.map((edge, i) => (isTyped(i) ? cast(edge, "short") : cast(edge, "float")));
    nodes.push({ ...node, input, attr: { ...node.attr, T: { type: DATA_TYPE.bfloat16 } } });
    short.add(node.name);
    produced.set(
      node.name,
      produced.get(node.name)!.map((value, i) => (i === 0 ? { ...value, dtype: "bfloat16" } : value)),
    );
  }
  const outputs = recording.outputs.map((output) => ({ ...output, edge: cast(output.edge, "float") }));
  const assigned = new Map(Array.from(recording.assigned, ([place, edge]) => [place, cast(edge, "float")]));
  return { ...recording, nodes, outputs, assigned, produced };
}

/** The inputs of a node that become bfloat16; undefined if none does. */
function typesOf(
  { name, op, input, attr }: NodeMessage,
  { produced }: Recording,
  short: ReadonlySet<string>,
): Typed | undefined {
  if (attr["T"]?.type !== DATA_TYPE.float32) return undefined;
  if (op in COMPUTE) return COMPUTE[op];
  const typed = FOLLOW[op];
  const isImages = produced.get(name)?.[0]?.shape.length === 4;
  if (typed === undefined || !isImages) return undefined;
  const given = typed === "all" ? input : typed.map((place) => input[place]!);
  return given.some((edge) => short.has(edge)) ? typed : undefined;
}
