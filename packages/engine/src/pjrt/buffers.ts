import { ELEMENT_BYTES } from "../compile/data-types.ts";
import { elementUnknown } from "../messages/device.ts";
import { wrongArraySize } from "../messages/programs.ts";
import { sizeOf } from "../shapes/shape.ts";
import { type Element, ELEMENT } from "./c-api.ts";
import { type DeviceClient, destroyBy } from "./client.ts";
import type { Device } from "./devices.ts";
import type { Owned } from "./owned.ts";
import { addressOf, rowMajorLayout, wordsAt } from "./structs.ts";

/** An array in the memory of this process, row-major. */
export interface HostArray {
  readonly element: Element;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/**
 * An array on a device. It may be a result that is not computed yet: it can be handed to the next call at
 * once, and `download` waits for it.
 */
export interface DeviceBuffer {
  readonly client: DeviceClient;
  readonly handle: Owned;
  free(): void;
}

export function deviceBuffer(client: DeviceClient, pointer: bigint): DeviceBuffer {
  const handle = client.own(pointer, "buffer", destroyBy(client.plugin, "Buffer_Destroy", "buffer"));
  return { client, handle, free: handle.free };
}

/** PJRT_HostBufferSemantics: the plugin copies the bytes before the call returns. */
const COPIED_IN_CALL = 0;

/**
 * Copies an array to a device. The bytes may be changed once this returns.
 *
 * @throws {EngineError} INVALID_OPTION if the bytes do not fill the shape; DEVICE_FAILED, DEVICE_MEMORY_FULL.
 */
export function upload(
  client: DeviceClient,
  array: HostArray,
  device: Device = client.devices[0]!,
): DeviceBuffer {
  const { element, shape, bytes } = array;
  const size = bytesIn(element, shape);
  if (bytes.length !== size) throw wrongArraySize(element, shape, size, bytes.length);
  const dims = BigInt64Array.from(shape, BigInt);
  const { copied, buffer } = client.plugin.call(
    "Client_BufferFromHostBuffer",
    {
      client: client.handle.pointer,
      data: addressOf(bytes),
      type: ELEMENT[element],
      dims: addressOf(dims),
      rank: shape.length,
      semantics: COPIED_IN_CALL,
      device: device.pointer,
    },
    bytes,
    dims,
  );
  client.plugin.call("Event_Destroy", { event: copied });
  return deviceBuffer(client, buffer);
}

/** Waits for an array and copies it from its device. @throws {EngineError} DEVICE_FAILED */
export async function download(buffer: DeviceBuffer): Promise<HostArray> {
  const { client } = buffer;
  const release = buffer.handle.hold();
  try {
    const { array, copied } = beginDownload(buffer);
    await client.during(client.plugin.finished(copied));
    return array;
  } finally {
    release();
  }
}

/** As `download`, of several arrays: one thread waits for them all, however many there are. */
export async function downloadAll(buffers: readonly DeviceBuffer[]): Promise<HostArray[]> {
  const releases: (() => void)[] = [];
  const copies: { readonly array: HostArray; readonly end: () => Promise<void> }[] = [];
  try {
    for (const buffer of buffers) {
      releases.push(buffer.handle.hold());
      const { array, copied } = beginDownload(buffer);
      copies.push({ array, end: () => buffer.client.during(buffer.client.plugin.finished(copied)) });
    }
  } finally {
    await endAll(copies.map(({ end }) => end));
    for (const release of releases) release();
  }
  return copies.map(({ array }) => array);
}

/** One after another, also after one that fails: they write into memory of this process. */
async function endAll([first, ...rest]: readonly (() => Promise<void>)[]): Promise<void> {
  if (first === undefined) return;
  try {
    await first();
  } finally {
    await endAll(rest);
  }
}

/** As `download`, on this thread: all of the arrays are copied at a time. */
export function downloadNow(buffers: readonly DeviceBuffer[]): HostArray[] {
  const begun: { readonly array: HostArray; readonly finish: () => void }[] = [];
  try {
    for (const buffer of buffers) {
      const { array, copied } = beginDownload(buffer);
      begun.push({ array, finish: () => buffer.client.plugin.finish(copied) });
    }
  } finally {
    finishAll(begun.map(({ finish }) => finish));
  }
  return begun.map(({ array }) => array);
}

function beginDownload({ client: { plugin }, handle }: DeviceBuffer): { array: HostArray; copied: bigint } {
  const buffer = handle.pointer;
  const { type } = plugin.call("Buffer_ElementType", { buffer });
  const { dims, rank } = plugin.call("Buffer_Dimensions", { buffer });
  const element = elementOf(Number(type));
  const shape = wordsAt(dims, rank).map(Number);
  const bytes = new Uint8Array(bytesIn(element, shape));
  // Without a layout the bytes come in the device's own order.
  const layout = rowMajorLayout(shape.length);
  const { copied } = plugin.call(
    "Buffer_ToHostBuffer",
    { buffer, layout: layout.pointer, target: addressOf(bytes), size: bytes.length },
    layout.alive,
    bytes,
  );
  return { array: { element, shape, bytes }, copied };
}

/** Waits for all copies, also after one that fails: they write into memory of this process. */
function finishAll(finishes: readonly (() => void)[]): void {
  const [first, ...rest] = finishes;
  if (first === undefined) return;
  try {
    first();
  } finally {
    finishAll(rest);
  }
}

/** Whether a program has taken the buffer over, so that it holds no value any more. */
export const isConsumed = ({ client: { plugin }, handle }: DeviceBuffer): boolean =>
  (plugin.call("Buffer_IsDeleted", { buffer: handle.pointer }).isDeleted & 0xffn) !== 0n;

const bytesIn = (element: Element, shape: readonly number[]): number =>
  sizeOf(shape) * ELEMENT_BYTES[element]!;

function elementOf(type: number): Element {
  const found = Object.entries(ELEMENT).find(([, number]) => number === type);
  if (found === undefined) throw elementUnknown(type);
  return found[0] as Element;
}
