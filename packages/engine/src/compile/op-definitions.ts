import { bufferContent, type CLibrary } from "./c-library.ts";
import { decodeOpList } from "./graph-messages.ts";

let names: ReadonlySet<string> | undefined;

/** Whether TensorFlow's library has an op, its own or one of ours. */
export function hasOp(library: CLibrary, op: string): boolean {
  if (names === undefined) {
    const buffer = library.allOps();
    names = new Set(decodeOpList(bufferContent(buffer)).map(({ name }) => name));
    library.deleteBuffer(buffer);
  }
  return names.has(op);
}
