import type * as tf from "@tensorflow/tfjs";

import { programDisposed } from "../messages/computing.ts";
import { stateLost } from "../messages/device.ts";
import { type DeviceBuffer, downloadNow, type HostArray, isConsumed, upload } from "../pjrt/buffers.ts";
import type { DeviceClient } from "../pjrt/client.ts";
import type { Device } from "../pjrt/devices.ts";
import { bytesOf, dataTypeOf, type HostTensor, type HostValues } from "./data-types.ts";
import type { ProgramState } from "./program-state.ts";
import { requireState, requireValues } from "./state-checks.ts";
import { stateOfVariables } from "./state-of-variables.ts";

/** The state of a program: one buffer for each variable on each device, with the same values. */
export interface PjrtState extends ProgramState {
  /** The buffer of a variable on a device, which belongs to the state. */
  buffer(place: number, device: number): DeviceBuffer;
  /** Puts another buffer in its place, and frees the one that was there. */
  replace(place: number, device: number, buffer: DeviceBuffer): void;
  /** Says at every later use that a step failed while it had taken values over. */
  lose(step: string): void;
  /** As `lose`, if the plugin had taken some of these variables before it refused to start the step. */
  failedToStart(step: string, taken: readonly number[]): void;
  close(): void;
}

/** Copies each tfjs variable's value to every device. */
export function createPjrtState(
  client: DeviceClient,
  devices: readonly Device[],
  variables: Readonly<Record<string, tf.Variable>>,
): PjrtState {
  const names = Object.keys(variables);
  const placeOf = new Map(names.map((name, place) => [name, place]));
  /** By device and place. */
  const buffers: DeviceBuffer[][] = devices.map(() => []);
  let isOpen = true;
  /** The step that failed and took state with it. */
  let lostIn: string | undefined;
  const requireOpen = (): void => {
    if (!isOpen) throw programDisposed();
    if (lostIn !== undefined) throw stateLost(lostIn);
  };

  const readEach = (chosen: readonly string[]): readonly HostTensor[] => {
    requireOpen();
    for (const name of chosen) requireState(variables, name);
    return downloadNow(chosen.map((name) => buffers[0]![placeOf.get(name)!]!)).map(hostTensor);
  };
  const replace = (place: number, device: number, buffer: DeviceBuffer): void => {
    buffers[device]![place]?.free();
    buffers[device]![place] = buffer;
  };
  const writeEach = (values: ReadonlyMap<string, HostValues>): void => {
    requireOpen();
    for (const [name, given] of values) requireValues(name, requireState(variables, name), given);
    const uploaded = [...values].flatMap(([name, given]) => {
      const array = hostArray(given, variables[name]!.shape);
      return devices.map(
        (device, number) => [placeOf.get(name)!, number, upload(client, array, device)] as const,
      );
    });
    for (const each of uploaded) replace(...each);
  };

  const state: PjrtState = Object.assign(stateOfVariables(variables, { readEach, writeEach }), {
    buffer(place: number, device: number) {
      requireOpen();
      return buffers[device]![place]!;
    },
    replace,
    lose: (step: string) => void (lostIn ??= step),
    failedToStart(step: string, taken: readonly number[]) {
      const isTaken = (ofDevice: readonly DeviceBuffer[]) =>
        taken.some((place) => isConsumed(ofDevice[place]!));
      if (buffers.some(isTaken)) lostIn ??= step;
    },
    close() {
      isOpen = false;
      for (const buffer of buffers.flat()) buffer.free();
    },
  });
  state.fromEager();
  return state;
}

/** An array for a device. */
export const hostArray = (values: HostValues, shape: readonly number[]): HostArray => ({
  element: dataTypeOf(values),
  shape,
  bytes: bytesOf(values),
});

/** An array from a device; booleans are 0 and 1. */
export function hostTensor({ element, shape, bytes }: HostArray): HostTensor {
  const { buffer } = bytes as Uint8Array<ArrayBuffer>;
  if (element === "float32") return { values: new Float32Array(buffer), shape };
  return { values: element === "int32" ? new Int32Array(buffer) : bytes, shape };
}
