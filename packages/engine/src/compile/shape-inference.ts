import type { Pointer } from "../foreign-functions.ts";
import * as messages from "../messages.ts";
import type { CLibrary } from "./c-library.ts";
import { endOf } from "./edge.ts";
import { encodeAttribute, type NodeMessage } from "./graph-messages.ts";
import { takesLists } from "./op-definitions.ts";

/** Type and shape of a result, known before the op runs. */
export interface InferredValue {
  /** TensorFlow's number of the type (tensorflow/c/tf_datatype.h). */
  readonly dataType: number;
  /** Undefined if it depends on values. */
  readonly shape: readonly number[] | undefined;
}

/** Types and shapes of results, inferred by TensorFlow without running an op. */
export interface ShapeInference {
  /**
   * Adds an op and returns types and shapes of its results. The ops of its inputs must have been added
   * before; inputs that only say what runs before the op are ignored.
   *
   * @throws {EngineError} COMPUTE_FAILED with TensorFlow's message if its inputs do not fit together.
   */
  add(node: NodeMessage): readonly InferredValue[];
  /** Frees the memory in TensorFlow. */
  close(): void;
}

/**
 * Opens a separate graph for shape inference; the caller closes it.
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
    if (library.statusCode(status) !== 0) throw messages.tensorflowFailed(library.statusMessage(status));
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

/**
 * For each argument of the op: undefined for one tensor, or the length of a list. An op has at most one list.
 */
function listLengths(library: CLibrary, op: string, inputs: number): readonly (number | undefined)[] {
  const lists = takesLists(library, op);
  const inList = inputs - lists.filter((isList) => !isList).length;
  return lists.map((isList) => (isList ? inList : undefined));
}
