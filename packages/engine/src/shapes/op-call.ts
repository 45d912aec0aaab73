import type { EngineError } from "../errors.ts";
import type { Shape } from "./shape.ts";

/** What a rule knows of one call of an op. */
export interface OpCall {
  /** Shapes of the inputs; an argument that is a list has as many places as tensors. */
  readonly shapes: readonly Shape[];
  /** Number of results of an op whose signature has a list of them. */
  readonly count: number;
  /** An attribute, or its default. */
  bool(attribute: string): boolean;
  int(attribute: string): number;
  ints(attribute: string): readonly number[];
  text(attribute: string): string;
  /** The type that an attribute names, such as "float32". */
  type(attribute: string): string;
  shape(attribute: string): Shape;
  /**
   * The numbers of an input that says a shape, axes or sizes.
   *
   * @throws {EngineError} NOT_TRACEABLE if they depend on values that are not known before the step runs.
   */
  numbers(input: number): readonly number[];
  /** Whether `numbers` knows them. */
  knows(input: number): boolean;
  /** The error that says what does not fit together; the shapes of the inputs are added. */
  misfit(sentence: string): EngineError;
}

/**
 * The shapes of an op's results, one for each; "open" for one that depends on values.
 *
 * @throws {EngineError} COMPUTE_FAILED, by `call.misfit`, for inputs that TensorFlow would refuse.
 */
export type ShapeRule = (call: OpCall) => readonly (Shape | "open")[];

/** Rules by the name of TensorFlow's op, each with its signature. */
export type OpTable = Readonly<Record<string, OpRule>>;

export interface OpRule {
  /** See `parseSignature`. */
  readonly signature: string;
  readonly shapes: ShapeRule;
}

/** The same signature and rule for several ops, whose names stand with spaces between. */
export const ops = (names: string, signature: string, shapes: ShapeRule): OpTable =>
  Object.fromEntries(names.split(" ").map((name) => [name, { signature, shapes }]));
