import { constantElements } from "../compile/constant-attributes.ts";
import type { NodeMessage } from "../compile/graph-messages.ts";
import type { RecordedValue, Recording } from "../compile/record.ts";
import { recordedValue } from "../compile/recorded-edges.ts";
import type { Emitter, Value } from "./emitter.ts";
import { fixedNumbers } from "./fixed-numbers.ts";
import type { TensorType } from "./literals.ts";

/** The program of a step while it is written. */
export interface StepProgram {
  readonly recording: Recording;
  readonly emit: Emitter;
  /** The type that a recorded tensor has in the program. */
  typeIn(value: RecordedValue): TensorType;
  /** The value of an edge, whose node has been written. */
  valueOf(edge: string): Value;
  /** Whether `valueOf` has a value for an edge without writing a constant. */
  knows(edge: string): boolean;
  setValue(edge: string, value: Value): void;
  /** The numbers of an edge that depends on no input and no state. */
  numbersOf(edge: string): readonly number[] | undefined;
}

export function beginProgram(recording: Recording, emit: Emitter): StepProgram {
  const values = new Map<string, Value>();
  const constants = new Map(
    recording.nodes.filter(({ op }) => op === "Const").map((node) => [node.name, node]),
  );
  const typeIn = (type: RecordedValue): TensorType => {
    const { dtype, shape } = type as TensorType;
    return { dtype: dtype === "float32" ? emit.float : dtype, shape };
  };
  const writeConstant = (edge: string, { attr }: NodeMessage): Value => {
    const value = emit.constant(constantElements(attr)!, typeIn(recordedValue(recording, edge)));
    values.set(edge, value);
    return value;
  };
  return {
    recording,
    emit,
    typeIn,
    // Constants are written where they are first used: most are shapes and axes, which nothing uses here.
    valueOf: (edge) => values.get(edge) ?? writeConstant(edge, constants.get(edge)!),
    knows: (edge) => values.has(edge),
    setValue: (edge, value) => void values.set(edge, value),
    numbersOf: fixedNumbers(recording),
  };
}
