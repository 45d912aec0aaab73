import { bufferContent, type CLibrary } from "./c-library.ts";
import { type AttributeMessage, decodeOpList, type OpMessage } from "./graph-messages.ts";

let definitions: ReadonlyMap<string, OpMessage> | undefined;

function definitionsOf(library: CLibrary): ReadonlyMap<string, OpMessage> {
  if (definitions === undefined) {
    const buffer = library.allOps();
    definitions = new Map(decodeOpList(bufferContent(buffer)).map((op) => [op.name, op]));
    library.deleteBuffer(buffer);
  }
  return definitions;
}

export const hasOp = (library: CLibrary, op: string): boolean => definitionsOf(library).has(op);

/**
 * The attributes that an eager call can leave out and a graph cannot: types of the inputs, and lengths of
 * lists.
 *
 * @param inputTypes TensorFlow's number for the type of each input.
 */
export function inferredAttributes(
  library: CLibrary,
  op: string,
  inputTypes: readonly number[],
): Record<string, AttributeMessage> {
  const attributes: Record<string, AttributeMessage> = {};
  const args = definitionsOf(library).get(op)?.input_arg ?? [];
  const inLists = inputTypes.length - args.filter(({ number_attr }) => number_attr === "").length;
  let place = 0;
  for (const { type_attr, number_attr } of args) {
    if (type_attr !== "") attributes[type_attr] = { type: inputTypes[place]! };
    if (number_attr !== "") attributes[number_attr] = { i: inLists };
    place += number_attr === "" ? 1 : inLists;
  }
  return attributes;
}

/** For each argument of the op, whether it is a list of tensors. */
export const takesLists = (library: CLibrary, op: string): readonly boolean[] =>
  (definitionsOf(library).get(op)?.input_arg ?? []).map(
    ({ number_attr, type_list_attr }) => number_attr !== "" || type_list_attr !== "",
  );
