import type { HostTensor, HostValues } from "@tssl/engine";

import {
  anything,
  exactly,
  listOf,
  object,
  oneOf,
  recordOf,
  text,
  type TypeOf,
  whole,
} from "../files/shapes.ts";

/** The version of what processes say to each other. */
export const PROTOCOL = 3;

/** What a process says first to the one that leads. */
export const helloShape = object({
  tssl: exactly(PROTOCOL),
  /** The machine, and the number of the process among those of it: ranks follow them. */
  machine: text,
  place: whole(),
  /** GPUs that it sees, as `visibleCards` names them. */
  cards: listOf(text),
  /** Where its engine will listen. */
  address: text,
});
export type Hello = TypeOf<typeof helloShape>;

/** The answer, once all are there. */
export const groupShape = object({
  rank: whole(1),
  addresses: listOf(text, { atLeast: 2 }),
  /** The number of the process among those that see the same GPUs of the same machine. */
  place: whole(),
  /** What must be alike in all processes, by its name. */
  alike: recordOf(anything),
});

const kinds = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array };
type Kind = keyof typeof kinds;

const listedValues = listOf(
  object({ name: text, type: oneOf("float32", "int32", "uint8"), length: whole() }),
);

/**
 * What the process that leads has the others do, in this order:
 *
 * - write: replace `values` of the state, whose bytes go with the order;
 * - settle, probe: pass the part `part` of the step `step` through the network, to settle batch norm or to
 *   see its gradients;
 * - step: take the step `step`, counted from 0;
 * - features: compute features of the images that go with the order, `values`, of this shape: what
 *   evaluation sees of them, or the embeddings of the network `network`; they are the answer;
 * - end: the run has ended;
 * - alive: nothing, but the other end is there.
 */
export const orderShape = object(
  { order: oneOf("write", "settle", "probe", "step", "features", "end", "alive") },
  { step: whole(), part: whole(), values: listedValues, shape: listOf(whole()), network: text },
);
export type Order = TypeOf<typeof orderShape>;

/**
 * What a process tells the one that leads: that it is there, what it could not decode, features that it was
 * asked for, that it was asked to stop, why it ends.
 */
export const reportShape = object(
  { report: oneOf("alive", "corrupt", "features", "stop", "failed") },
  { files: listOf(object({ file: text, kind: text })), reason: text, code: text },
);
export type Report = TypeOf<typeof reportShape>;

type Values = ReadonlyMap<string, HostValues>;

function kindOf(values: HostValues): Kind {
  if (values instanceof Float32Array) return "float32";
  return values instanceof Int32Array ? "int32" : "uint8";
}

const listed = (values: Values) =>
  Array.from(values, ([name, each]) => ({ name, type: kindOf(each), length: each.length }));

/** The bytes of values, which are not copied. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: HostValues): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** The order to write these values, and the bytes that go with it. */
export const writeOrder = (values: Values): { readonly order: Order; readonly bytes: Uint8Array[] } => ({
  order: { order: "write", values: listed(values) },
  // Copied: they are sent while the caller goes on.
  bytes: Array.from(values.values(), (each) => bytesOf(each).slice()),
});

/**
 * The order to compute features of images, and the bytes that go with it; they are lent until the answer is
 * there.
 *
 * @param network whose embeddings are asked for, by its name; absent for what evaluation sees.
 */
export const featuresOrder = (
  { values, shape }: HostTensor,
  network: string | undefined,
): { readonly order: Order; readonly bytes: Uint8Array[] } => ({
  order: {
    order: "features",
    values: listed(new Map([["images", values]])),
    shape: [...shape],
    ...(network === undefined ? {} : { network }),
  },
  bytes: [bytesOf(values)],
});

/** The images of such an order. */
export const imagesOf = (order: Order, bytes: Uint8Array): HostTensor => ({
  values: writtenValues(order, bytes).get("images")!,
  shape: order.shape ?? [],
});

/** The values that an order has written. */
export function writtenValues({ values = [] }: Order, bytes: Uint8Array): Values {
  const found = new Map<string, HostValues>();
  let at = 0;
  for (const { name, type, length } of values) {
    const end = at + length * kinds[type].BYTES_PER_ELEMENT;
    found.set(name, new kinds[type](Uint8Array.from(bytes.subarray(at, end)).buffer));
    at = end;
  }
  return found;
}
