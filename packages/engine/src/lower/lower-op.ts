import { edgeName, valueEdges } from "../compile/edge.ts";
import type { NodeMessage } from "../compile/graph-messages.ts";
import type { EngineError } from "../errors.ts";
import { opNotSupported } from "../messages/device.ts";
import { sameShape } from "../shapes/shape.ts";
import { batchNorms } from "./batch-norm.ts";
import { collectives } from "./collectives.ts";
import { convolutions } from "./convolutions.ts";
import { elementwise } from "./elementwise.ts";
import type { Value } from "./emitter.ts";
import { indexing } from "./indexing.ts";
import { isElementType, type TensorType, typeText } from "./literals.ts";
import { losses } from "./losses.ts";
import type { Lowerings, RecordedOp } from "./lowering.ts";
import { matrices } from "./matrices.ts";
import { reductions } from "./reductions.ts";
import { resizing } from "./resizing.ts";
import { shaping } from "./shaping.ts";
import type { StepProgram } from "./step-program.ts";
import { windows } from "./windows.ts";

const LOWERINGS: Lowerings = {
  ...batchNorms,
  ...collectives,
  ...convolutions,
  ...elementwise,
  ...indexing,
  ...losses,
  ...matrices,
  ...reductions,
  ...resizing,
  ...shaping,
  ...windows,
};

/** What the form of an op depends on beside the recording. */
export interface OpSettings {
  /** Products that keep all bits of float32; undefined: all do. */
  readonly precise: ReadonlySet<string> | undefined;
  readonly replicas: number;
  readonly firstReplica: number;
}

/** Writes a node of the recording into the program. */
export function lowerOp(node: NodeMessage, program: StepProgram, settings: OpSettings): void {
  const refusal = refusalOf(node, program);
  const lowering = LOWERINGS[node.op];
  if (lowering === undefined) throw refusal("has no form for accelerators yet");
  const produced = program.recording.produced.get(node.name)!;
  for (const { dtype } of produced) if (!isElementType(dtype)) throw refusal(`gives a tensor of ${dtype}`);
  const results = produced.map(program.typeIn);
  const lowered = lowering(recordedOp(node, results, program, settings));
  const values = Array.isArray(lowered) ? (lowered as readonly Value[]) : [lowered as Value];
  for (const [output, value] of values.entries()) {
    const wanted = results[output]!;
    if (value.dtype !== wanted.dtype || !sameShape(value.shape, wanted.shape)) {
      throw refusal(`gives ${typeText(value)} instead of ${typeText(wanted)}`);
    }
    program.setValue(edgeName(node.name, output), value);
  }
}

/** What a lowering sees of a node. */
function recordedOp(
  node: NodeMessage,
  results: readonly TensorType[],
  program: StepProgram,
  { precise, replicas, firstReplica }: OpSettings,
): RecordedOp {
  const { name, op, attr } = node;
  const edges = valueEdges(node.input);
  const to = results[0]!;
  const refusal = refusalOf(node, program);
  // bfloat16 factors are exact in float32, so that there is nothing to choose.
  const mayRound = to.dtype === "bfloat16" || precise?.has(name) === false;
  return {
    ...{ emit: program.emit, op, attr, results, to, replicas, firstReplica, refusal },
    count: edges.length,
    value: (place) => program.valueOf(edges[place]!),
    values: (from = 0, end = edges.length) => edges.slice(from, end).map(program.valueOf),
    fixed(place) {
      const numbers = program.numbersOf(edges[place]!);
      if (numbers === undefined) throw refusal(`takes argument ${place + 1} from computed values`);
      return numbers;
    },
    precision: mayRound ? "DEFAULT" : "HIGHEST",
  };
}

const refusalOf =
  ({ name, op }: NodeMessage, { recording }: StepProgram) =>
  (what: string): EngineError =>
    opNotSupported(op, what, recording.sites.get(name)?.());
