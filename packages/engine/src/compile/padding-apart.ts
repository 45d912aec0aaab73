import { padded, type Sides, sidesOfAxes } from "../shapes/sides.ts";
import { constantAttributes } from "./constant-attributes.ts";
import { DATA_TYPE, nameOfType } from "./data-types.ts";
import type { NodeMessage } from "./graph-messages.ts";
import type { Recording } from "./record.ts";
import { recordedValue } from "./recorded-edges.ts";

/** Minus infinity, little-endian, by TensorFlow's number for the type. */
const LOWEST: Readonly<Record<number, readonly number[]>> = {
  [DATA_TYPE.float32]: [0x00, 0x00, 0x80, 0xff],
  [DATA_TYPE.bfloat16]: [0x80, 0xff],
};

/**
 * Moves the explicit padding of max pooling, which XLA does not support, into separate ops: the image is
 * padded with minus infinity, and the padding is cut off its gradient. Results are bit-identical.
 */
export function withPaddingApart(recording: Recording): Recording {
  const produced = new Map(recording.produced);
  const nodes: NodeMessage[] = [];
  const paddedOf = new Map<string, string>();

  const add = (node: NodeMessage, type: number, shape: readonly number[]): string => {
    nodes.push(node);
    produced.set(node.name, [{ dtype: nameOfType(type), shape }]);
    return node.name;
  };
  const constant = (name: string, type: number, shape: readonly number[], content: ArrayLike<number>) =>
    add(
      { name, op: "Const", input: [], attr: constantAttributes(type, shape, Uint8Array.from(content)) },
      type,
      shape,
    );
  const integers = (name: string, values: readonly number[], shape: readonly number[]) =>
    constant(name, DATA_TYPE.int32, shape, new Uint8Array(Int32Array.from(values).buffer));

  /** The padded image; it is made once, for max pooling and its gradient. */
  const paddedImage = (image: string, sides: readonly Sides[], type: number): string => {
    const key = `${image} ${sides.join()}`;
    const known = paddedOf.get(key);
    if (known !== undefined) return known;
    const name = `padded_${paddedOf.size}`;
    paddedOf.set(key, name);
    const input = [
      image,
      integers(`${name}_sides`, sides.flat(), [4, 2]),
      constant(`${name}_value`, type, [], LOWEST[type]!),
    ];
    const attr = { T: { type }, Tpaddings: { type: DATA_TYPE.int32 } };
    return add(
      { name, op: "PadV2", input, attr },
      type,
      padded(recordedValue({ produced }, image).shape, sides),
    );
  };

  for (const node of recording.nodes) {
    const { name, op, input, attr } = node;
    const type = attr["T"]?.type ?? 0;
    const sides = sidesOfAxes(attr["explicit_paddings"]?.list?.i ?? []);
    if (!["MaxPool", "MaxPoolGrad"].includes(op) || sides.length === 0 || !(type in LOWEST)) {
      nodes.push(node);
      continue;
    }
    const [image, ...others] = input as [string, ...string[]];
    const pooling = {
      op,
      input: [paddedImage(image, sides, type), ...others],
      attr: { ...attr, padding: { s: Buffer.from("VALID") }, explicit_paddings: { list: { i: [] } } },
    };
    if (op === "MaxPool") {
      nodes.push({ name, ...pooling });
      continue;
    }
    const { shape } = produced.get(name)![0]!;
    const cut = [
      add({ name: `${name}_padded`, ...pooling }, type, padded(shape, sides)),
      integers(
        `${name}_begin`,
        sides.map(([before]) => before),
        [4],
      ),
      integers(`${name}_size`, shape, [4]),
    ];
    nodes.push({ name, op: "Slice", input: cut, attr: { T: { type }, Index: { type: DATA_TYPE.int32 } } });
  }
  return { ...recording, produced, nodes };
}
