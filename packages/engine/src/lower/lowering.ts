import type { NodeMessage } from "../compile/graph-messages.ts";
import type { EngineError } from "../errors.ts";
import type { Emitter, Value } from "./emitter.ts";
import type { TensorType } from "./literals.ts";

/** A recorded op that is to be written in StableHLO. */
export interface RecordedOp {
  readonly emit: Emitter;
  /** TensorFlow's name of the op. */
  readonly op: string;
  readonly attr: NodeMessage["attr"];
  /** Types and shapes of the results, as recorded. */
  readonly results: readonly TensorType[];
  /** The first of them. */
  readonly to: TensorType;
  /** The number of tensors that the op takes. */
  readonly count: number;
  /** The tensor at a place. */
  value(place: number): Value;
  /** The tensors from a place on, up to another or the end. */
  values(from?: number, to?: number): readonly Value[];
  /**
   * The numbers of the tensor at a place, row by row. TensorFlow takes shapes, axes and sizes as tensors;
   * here they are part of the program.
   *
   * @throws {EngineError} OP_NOT_SUPPORTED if they depend on values.
   */
  fixed(place: number): readonly number[];
  /** Of a product of matrices or a convolution: "DEFAULT" lets a GPU multiply float32 with fewer bits. */
  readonly precision: "HIGHEST" | "DEFAULT";
  /** Data-parallel copies of the program. */
  readonly replicas: number;
  /** The number of the first of them among those of all processes. */
  readonly firstReplica: number;
  /** The error for what this op cannot be here. `what` completes "The op X …": "works on 5 axes". */
  refusal(what: string): EngineError;
}

/**
 * Writes an op and returns its results in their order. A result that nobody reads may be left out at the end.
 */
export type Lowering = (recorded: RecordedOp) => Value | readonly Value[];

export type Lowerings = Readonly<Record<string, Lowering>>;
