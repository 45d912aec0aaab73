import { type DeviceBuffer, downloadAll, type HostArray, upload } from "../pjrt/buffers.ts";
import type { DeviceClient } from "../pjrt/client.ts";
import type { Device } from "../pjrt/devices.ts";
import type { Exchange } from "../processes/exchange.ts";
import { bytesOf } from "./data-types.ts";
import type { Exchanged } from "./stages.ts";

/**
 * Exchanges tensors of devices with the other processes: all sums in one message, and all rows in another.
 *
 * @param wanted sums come first.
 * @param own for each of them, what the devices of this process have; all have the same.
 * @returns for each of them, a buffer on every device. The caller frees them.
 */
export async function exchangeBuffers(
  exchange: Exchange,
  { client, devices }: { readonly client: DeviceClient; readonly devices: readonly Device[] },
  wanted: readonly Exchanged[],
  own: readonly DeviceBuffer[],
): Promise<DeviceBuffer[][]> {
  const arrays = await downloadAll(own);
  const scales = wanted.flatMap(({ kind, scale }) => (kind === "sum" ? [scale] : []));
  const ofAll = [
    ...(await summed(exchange, arrays.slice(0, scales.length), scales)),
    ...(await gathered(exchange, arrays.slice(scales.length))),
  ];
  return ofAll.map((array) => devices.map((device) => upload(client, array, device)));
}

async function summed(
  exchange: Exchange,
  arrays: readonly HostArray[],
  scales: readonly number[],
): Promise<readonly HostArray[]> {
  if (arrays.length === 0) return [];
  const all = new Float32Array(joined(arrays).buffer);
  await exchange.sum(all);
  let end = 0;
  return arrays.map((array, i) => {
    const begin = end;
    end += array.bytes.length / all.BYTES_PER_ELEMENT;
    const numbers = all.subarray(begin, end);
    if (scales[i] !== 1) for (let place = 0; place < numbers.length; place++) numbers[place]! *= scales[i]!;
    return { ...array, bytes: bytesOf(numbers) };
  });
}

async function gathered(exchange: Exchange, arrays: readonly HostArray[]): Promise<readonly HostArray[]> {
  if (arrays.length === 0) return [];
  const own = joined(arrays);
  const all = await exchange.gather(own);
  const processes = all.length / own.length;
  let begin = 0;
  return arrays.map(({ element, shape: [rows = 1, ...rest], bytes }) => {
    const parts = Array.from({ length: processes }, (_, process) => {
      const from = process * own.length + begin;
      return { bytes: all.subarray(from, from + bytes.length) };
    });
    begin += bytes.length;
    return { element, shape: [processes * rows, ...rest], bytes: joined(parts) };
  });
}

/** The bytes of several arrays, one after another. */
function joined(arrays: readonly Pick<HostArray, "bytes">[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(arrays.reduce((sum, { bytes }) => sum + bytes.length, 0));
  let end = 0;
  for (const { bytes } of arrays) {
    all.set(bytes, end);
    end += bytes.length;
  }
  return all;
}
