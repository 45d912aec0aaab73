import type { Recording } from "../compile/record.ts";
import { recordedValue, statesRead } from "../compile/recorded-edges.ts";
import { whatWaits, writeBarrier } from "./barriers.ts";
import { createEmitter, namesOf, typesOf, type Value } from "./emitter.ts";
import { type TensorType, typeText } from "./literals.ts";
import { lowerOp } from "./lower-op.ts";
import { preciseProducts } from "./matrix-precision.ts";
import { beginProgram, type StepProgram } from "./step-program.ts";

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
  /** The number of the first copy, where other processes have the copies before. Default 0. */
  readonly firstReplica?: number;
  /** The whole step, where the recording is a stage of it. */
  readonly partOf?: Recording;
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

/**
 * Writes a recorded step as StableHLO, for the plugins of OpenXLA: one line for each op, in the recording's
 * order. A recording in bfloat16 (`inBfloat16`) has its types already.
 *
 * @throws {EngineError} OP_NOT_SUPPORTED, with the line of the user's code, for an op that has no form here.
 */
export function lowerStep(recording: Recording, options: LowerOptions = {}): LoweredStep {
  const { name = "step", tensorFloat32 = false, double = false, replicas = 1, firstReplica = 0 } = options;
  const { partOf = recording } = options;
  const emit = createEmitter(double ? "float64" : "float32");
  const program = beginProgram(recording, emit);
  const args = argumentsOf(program);
  for (const [i, { kind, place, dtype, shape }] of args.entries()) {
    program.setValue(kind === "input" ? `in${place}` : `state${place}`, { name: `%arg${i}`, dtype, shape });
  }

  const precise = tensorFloat32 ? preciseProducts(partOf) : undefined;
  const settings = { precise, replicas, firstReplica };
  const waiting = whatWaits(recording);
  for (const node of recording.nodes) {
    if (node.op === "NoOp") writeBarrier(node, waiting.get(node.name) ?? [], program);
    else if (node.op !== "Const") lowerOp(node, program, settings);
  }

  const { ends, results } = resultsOf(program);
  const donated = donations(args, results);
  const signature = args.map((arg, i) => {
    const result = donated.get(i);
    const donation = result === undefined ? "" : ` {tf.aliasing_output = ${result} : i32}`;
    return `%arg${i}: ${typeText(arg)}${donation}`;
  });
  return {
    text: moduleText(`@${name}`, replicas, { signature, lines: emit.lines, ends }),
    arguments: args,
    results,
    donated: [...donated.keys()],
  };
}

/** All inputs, then the state that is read or assigned, in the recording's order. */
function argumentsOf({ recording, typeIn }: StepProgram): LoweredArgument[] {
  const { inputs, assigned } = recording;
  const places = new Set([...statesRead(recording), ...assigned.keys()]);
  return [
    ...inputs.map(({ dataType, shape }, place): LoweredArgument => {
      return { kind: "input", place, ...typeIn({ dtype: dataType, shape }) };
    }),
    ...[...places]
      .sort((a, b) => a - b)
      .map((place): LoweredArgument => {
        return { kind: "state", place, ...typeIn(recordedValue(recording, `state${place}`)) };
      }),
  ];
}

/** All outputs, then the new values of the state that is assigned, lowest place first. */
function resultsOf({ recording, valueOf }: StepProgram): { ends: Value[]; results: LoweredResult[] } {
  const outputs = recording.outputs.map(({ edge }, place) => ({ kind: "output", place, edge }) as const);
  const assigned = Array.from(
    recording.assigned,
    ([place, edge]) => ({ kind: "state", place, edge }) as const,
  );
  const all = [...outputs, ...assigned.sort((a, b) => a.place - b.place)];
  const ends = all.map(({ edge }) => valueOf(edge));
  const results = all.map(({ kind, place }, i): LoweredResult => {
    const { dtype, shape } = ends[i]!;
    return { kind, place, dtype, shape };
  });
  return { ends, results };
}

/** The results that take the memory of an argument, by its place: new values of the same state. */
function donations(
  args: readonly LoweredArgument[],
  results: readonly LoweredResult[],
): ReadonlyMap<number, number> {
  const pairs = args.map(({ kind, place }, i): [number, number] => {
    const isNewValue = (result: LoweredResult) => result.kind === "state" && result.place === place;
    return [i, kind === "state" ? results.findIndex(isNewValue) : -1];
  });
  return new Map(pairs.filter(([, result]) => result >= 0));
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
