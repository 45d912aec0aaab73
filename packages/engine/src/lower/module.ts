import { constantElements } from "../compile/constant-attributes.ts";
import { edgeName, endOf, valueEdges } from "../compile/edge.ts";
import type { NodeMessage } from "../compile/graph-messages.ts";
import type { RecordedValue, Recording } from "../compile/record.ts";
import { recordedValue, statesRead } from "../compile/recorded-edges.ts";
import * as messages from "../messages.ts";
import { sameShape } from "../shapes/shape.ts";
import { behindBarrier, whatWaits } from "./barriers.ts";
import { batchNorms } from "./batch-norm.ts";
import { collectives } from "./collectives.ts";
import { convolutions } from "./convolutions.ts";
import { elementwise } from "./elementwise.ts";
import { createEmitter, namesOf, typesOf, type Value } from "./emitter.ts";
import { fixedNumbers } from "./fixed-numbers.ts";
import { indexing } from "./indexing.ts";
import { isElementType, type TensorType, typeText } from "./literals.ts";
import { losses } from "./losses.ts";
import type { Lowerings, RecordedOp } from "./lowering.ts";
import { matrices } from "./matrices.ts";
import { preciseProducts } from "./matrix-precision.ts";
import { range } from "./range.ts";
import { reductions } from "./reductions.ts";
import { resizing } from "./resizing.ts";
import { shaping } from "./shaping.ts";
import { windows } from "./windows.ts";

export interface LowerOptions {
  /** Name of the module, which XLA shows in traces and dumps. Default "step". */
  readonly name?: string;
  /**
   * Lets a GPU multiply float32 in TensorFloat-32 (10 bits of mantissa) in convolutions and in products with
   * a weight; losses and similarities keep all bits. Default false.
   */
  readonly tensorFloat32?: boolean;
  /** Computes in float64, arguments and results included: what rounding does is measured by it. */
  readonly double?: boolean;
  /** Data-parallel copies of the program, one on each device, which collectives span. Default 1. */
  readonly replicas?: number;
}

/** An argument of the program: an input of the step, or a state variable, by its place in the recording. */
export interface LoweredArgument extends TensorType {
  readonly kind: "input" | "state";
  readonly place: number;
}

/** A result of the program: an output of the step, or the new value of a state variable. */
export interface LoweredResult extends TensorType {
  readonly kind: "output" | "state";
  readonly place: number;
}

/** A step as a program for XLA. */
export interface LoweredStep {
  /** StableHLO; the function is `@main`. */
  readonly text: string;
  /** What `@main` takes, in order: all inputs, then the state that the step reads or assigns. */
  readonly arguments: readonly LoweredArgument[];
  /** What `@main` returns, in order: all outputs, then the state that it assigns. */
  readonly results: readonly LoweredResult[];
  /**
   * Places in `arguments` of the state that is assigned: the program takes its memory for the new value
   * (`tf.aliasing_output`), and the old value can be read no more.
   */
  readonly donated: readonly number[];
}

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

/**
 * Writes a recorded step as StableHLO, for the plugins of OpenXLA: one line for each op, in the recording's
 * order. A recording in bfloat16 (`inBfloat16`) has its types already.
 *
 * @throws {EngineError} OP_NOT_SUPPORTED, with the line of the user's code, for an op that has no form here.
 */
export function lowerStep(recording: Recording, options: LowerOptions = {}): LoweredStep {
  const { name = "step", tensorFloat32 = false, double = false, replicas = 1 } = options;
  const emit = createEmitter(double ? "float64" : "float32");
  const values = new Map<string, Value>();
  const typeIn = (type: RecordedValue): TensorType => {
    const { dtype, shape } = type as TensorType;
    return { dtype: dtype === "float32" ? emit.float : dtype, shape };
  };
  const args = argumentsOf(recording, typeIn);
  for (const [i, { kind, place, dtype, shape }] of args.entries()) {
    values.set(kind === "input" ? `in${place}` : `state${place}`, { name: `%arg${i}`, dtype, shape });
  }

  const numbersOf = fixedNumbers(recording);
  const precise = tensorFloat32 ? preciseProducts(recording) : undefined;
  /** Constants are written where they are first used: most are shapes and axes, which nothing uses here. */
  const constants = new Map(
    recording.nodes.filter(({ op }) => op === "Const").map((node) => [node.name, node]),
  );

  const valueOf = (edge: string): Value => {
    const { node, output } = endOf(edge);
    const key = edgeName(node, output);
    const known = values.get(key);
    if (known !== undefined) return known;
    const elements = constantElements(constants.get(node)!.attr)!;
    const value = emit.constant(elements, typeIn(recordedValue(recording, edge)));
    values.set(key, value);
    return value;
  };

  const waiting = whatWaits(recording);
  for (const node of recording.nodes) {
    if (node.op === "Const") continue;
    if (node.op === "NoOp") {
      const behind = behindBarrier(node, waiting.get(node.name) ?? [], recording, values);
      emit
        .barrier(behind.map((edge) => values.get(edge)!))
        .forEach((value, i) => values.set(behind[i]!, value));
      continue;
    }
    const refusal = refusalOf(recording, node);
    const lowering = LOWERINGS[node.op];
    if (lowering === undefined) throw refusal("has no form for accelerators yet");
    const edges = valueEdges(node.input);
    const produced = recording.produced.get(node.name)!;
    for (const { dtype } of produced) if (!isElementType(dtype)) throw refusal(`gives a tensor of ${dtype}`);
    const results = produced.map(typeIn);
    const recorded: RecordedOp = {
      emit,
      op: node.op,
      attr: node.attr,
      results,
      to: results[0]!,
      count: edges.length,
      value: (place) => valueOf(edges[place]!),
      values: (from = 0, to = edges.length) => edges.slice(from, to).map(valueOf),
      fixed(place) {
        const numbers = numbersOf(edges[place]!);
        if (numbers === undefined) throw refusal(`takes argument ${place + 1} from computed values`);
        return numbers;
      },
      // bfloat16 factors are exact in float32, so that there is nothing to choose.
      precision:
        results[0]!.dtype === "bfloat16" || precise?.has(node.name) === false ? "DEFAULT" : "HIGHEST",
      replicas,
      refusal,
    };
    const lowered = lowering(recorded);
    (Array.isArray(lowered) ? (lowered as readonly Value[]) : [lowered as Value]).forEach((value, output) => {
      const wanted = results[output]!;
      if (value.dtype !== wanted.dtype || !sameShape(value.shape, wanted.shape)) {
        throw refusal(`gives ${typeText(value)} instead of ${typeText(wanted)}`);
      }
      values.set(edgeName(node.name, output), value);
    });
  }

  const assigned = [...recording.assigned].sort(([a], [b]) => a - b);
  const ends = [...recording.outputs.map(({ edge }) => edge), ...assigned.map(([, edge]) => edge)].map(
    valueOf,
  );
  const results = ends.map(({ dtype, shape }, i): LoweredResult => {
    const isOutput = i < recording.outputs.length;
    const place = isOutput ? i : assigned[i - recording.outputs.length]![0];
    return { kind: isOutput ? "output" : "state", place, dtype, shape };
  });
  const donation = args.map(({ kind, place }) =>
    kind === "input" ? -1 : results.findIndex((result) => result.kind === "state" && result.place === place),
  );
  const signature = args.map((arg, i) => {
    const donated = donation[i]! < 0 ? "" : ` {tf.aliasing_output = ${donation[i]} : i32}`;
    return `%arg${i}: ${typeText(arg)}${donated}`;
  });
  return {
    text: moduleText(`@${name}`, replicas, { signature, lines: emit.lines, ends }),
    arguments: args,
    results,
    donated: range(args.length).filter((i) => donation[i]! >= 0),
  };
}

interface Main {
  readonly signature: readonly string[];
  readonly lines: readonly string[];
  readonly ends: readonly Value[];
}

const moduleText = (name: string, replicas: number, { signature, lines, ends }: Main): string =>
  [
    `module ${name} attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = ${replicas} : i32} {`,
    `  func.func public @main(${signature.join(", ")}) -> (${typesOf(ends)}) {`,
    ...lines.map((line) => `    ${line}`),
    `    return ${namesOf(ends)}${ends.length === 0 ? "" : ` : ${typesOf(ends)}`}`,
    "  }",
    "}",
    "",
  ].join("\n");

const refusalOf =
  (recording: Recording, { name, op }: NodeMessage) =>
  (what: string) =>
    messages.opNotSupported(op, what, recording.sites.get(name)?.());

/** All inputs, then the state that is read or assigned, in the recording's order. */
function argumentsOf(recording: Recording, typeIn: (value: RecordedValue) => TensorType): LoweredArgument[] {
  const { inputs, assigned, produced } = recording;
  const places = new Set([...statesRead(recording), ...assigned.keys()]);
  return [
    ...inputs.map(({ dataType, shape }, place): LoweredArgument => {
      return { kind: "input", place, ...typeIn({ dtype: dataType, shape }) };
    }),
    ...[...places]
      .sort((a, b) => a - b)
      .map((place): LoweredArgument => {
        return { kind: "state", place, ...typeIn(produced.get(`state${place}`)![0]!) };
      }),
  ];
}
