import { EngineError } from "../errors.ts";
import type { CLibrary, Pointer } from "./c-library.ts";
import { endOf } from "./edge.ts";
import { encodeAttribute, type NodeMessage } from "./graph-messages.ts";
import { takesLists } from "./op-definitions.ts";

/** What TensorFlow knows of an op's result before it runs. */
export interface InferredValue {
  /** TensorFlow's number for it (tensorflow/c/tf_datatype.h). */
  readonly dataType: number;
  /** Undefined where it depends on values. */
  readonly shape: readonly number[] | undefined;
}

/** Types and shapes of ops, worked out by TensorFlow without computing any of them. */
export interface ShapeInference {
  /**
   * Adds an op and tells what it gives. What it reads must have been added before; that it runs after others is ignored.
   *
   * @throws {EngineError} COMPUTE_FAILED where its inputs do not go together, in TensorFlow's words.
   */
  add(node: NodeMessage): readonly InferredValue[];
  /** Frees TensorFlow's part. */
  close(): void;
}

/**
 * Opens a graph of its own for shapes; the caller closes it.
 *
 * @example
 * ```ts
 * import { sessionSettings } from "../start.ts";
 * import { cLibrary } from "./c-library.ts";
 * import { placeholder } from "./session-state.ts";
 *
 * const inference = openShapeInference(cLibrary(sessionSettings().libraryFolder));
 * inference.add(placeholder("x", "float32", [2, 3]));
 * inference.add({ name: "y", op: "Shape", input: ["x"], attr: {} }); // => [{ dataType: 3, shape: [2] }]
 * inference.close();
 * ```
 */
export function openShapeInference(library: CLibrary): ShapeInference {
  const graph = library.newGraph();
  const status = library.newStatus();
  const operations = new Map<string, Pointer>();
  const check = (): void => {
    if (library.statusCode(status) === 0) return;
    throw new EngineError("COMPUTE_FAILED", `TensorFlow: ${library.statusMessage(status)}`);
  };
  const outputOf = (edge: string) => {
    const { node, output } = endOf(edge);
    return { operation: operations.get(node)!, index: output };
  };

  const valueAt = (operation: Pointer, index: number): InferredValue => {
    const output = { operation, index };
    const dataType = library.outputType(output);
    const rank = library.outputRank(graph, output, status);
    check();
    if (rank < 0) return { dataType, shape: undefined };
    const dims = new BigInt64Array(rank);
    library.outputShape(graph, output, dims, rank, status);
    check();
    return { dataType, shape: dims.some((size) => size < 0n) ? undefined : Array.from(dims, Number) };
  };

  return {
    add({ name, op, input, attr }) {
      const description = library.newOperation(graph, op, name);
      const edges = input.filter((edge) => !edge.startsWith("^")).map(outputOf);
      let place = 0;
      for (const length of listLengths(library, op, edges.length)) {
        if (length === undefined) library.addInput(description, edges[place++]!);
        else {
          const list = edges.slice(place, (place += length));
          const pairs = list.flatMap(({ operation, index }) => [operation, BigInt(index)]);
          library.addInputList(description, BigUint64Array.from(pairs), length);
        }
      }
      for (const [key, value] of Object.entries(attr)) {
        const bytes = encodeAttribute(value);
        library.setAttribute(description, key, bytes, bytes.length, status);
        check();
      }
      const operation = library.finishOperation(description, status);
      check();
      operations.set(name, operation!);
      return Array.from({ length: library.outputCount(operation!) }, (_, i) => valueAt(operation!, i));
    },
    close() {
      library.deleteGraph(graph);
      library.deleteStatus(status);
    },
  };
}

/** For each argument of the op: undefined if it is one tensor, else the length of its list. An op has one list at most. */
function listLengths(library: CLibrary, op: string, inputs: number): readonly (number | undefined)[] {
  const lists = takesLists(library, op);
  const inList = inputs - lists.filter((isList) => !isList).length;
  return lists.map((isList) => (isList ? inList : undefined));
}
