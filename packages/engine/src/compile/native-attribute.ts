import { attributeNotRecordable } from "../messages/not-traceable.ts";
import type { Binding, NativeAttribute } from "../tfjs-internals.ts";
import type { AttributeMessage } from "./graph-messages.ts";
import { shapeOf } from "./session-state.ts";

/**
 * Converts an attribute for a node of a graph.
 *
 * @throws {EngineError} NOT_TRACEABLE for a kind that no op of tfjs uses in a step, such as a tensor.
 */
export function attributeOf(binding: Binding, { name, type, value }: NativeAttribute): AttributeMessage {
  const list = Array.isArray(value);
  switch (type) {
    case binding.TF_ATTR_TYPE:
      return list ? { list: { type: value as number[] } } : { type: value as number };
    case binding.TF_ATTR_INT:
      return list ? { list: { i: value as number[] } } : { i: value as number };
    case binding.TF_ATTR_FLOAT:
      return list ? { list: { f: value as number[] } } : { f: value as number };
    case binding.TF_ATTR_BOOL:
      return list ? { list: { b: value as boolean[] } } : { b: Boolean(value) };
    case binding.TF_ATTR_STRING:
      return list
        ? { list: { s: (value as string[]).map((text) => Buffer.from(text)) } }
        : { s: Buffer.from(value as string) };
    case binding.TF_ATTR_SHAPE:
      return { shape: shapeOf(value as number[]) };
    default:
      throw attributeNotRecordable(name);
  }
}
