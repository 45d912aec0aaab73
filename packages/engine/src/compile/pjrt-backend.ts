import type * as tf from "@tensorflow/tfjs";

import { notAsManyDevices } from "../messages/options.ts";
import type { DeviceClient } from "../pjrt/client.ts";
import type { Device } from "../pjrt/devices.ts";
import type { ProcessDevice } from "../pjrt/process-client.ts";
import { asLowered } from "./as-lowered.ts";
import type { Backend } from "./backend.ts";
import type { Precision } from "./mixed-precision.ts";
import { createPjrtState } from "./pjrt-state.ts";
import { pjrtStep, type StepDevices } from "./pjrt-step.ts";

interface PjrtOptions extends Pick<StepDevices, "tensorFloat32" | "onRounding" | "others"> {
  readonly variables: Readonly<Record<string, tf.Variable>>;
  readonly precision: Precision;
  readonly device: ProcessDevice;
  /** Devices of this process that each hold the whole state. */
  readonly replicas: number;
}

/**
 * One device or several, each with the state in its memory. A step takes over the buffers of the state that
 * it assigns, and gives back new ones. So a step that fails while it runs may lose them.
 */
export function pjrtBackend({ variables, precision, device, replicas, ...options }: PjrtOptions): Backend {
  const { client } = device;
  const devices = devicesOf(client, replicas);
  const state = createPjrtState(client, devices, variables);
  const steps: { free(): void }[] = [];
  return {
    state,
    build(recording, name, sharing) {
      const step = pjrtStep(asLowered(recording, precision), name, sharing, {
        device,
        devices,
        state,
        ...options,
      });
      steps.push(step);
      return step;
    },
    close() {
      state.close();
      for (const step of steps) step.free();
    },
  };
}

/** The devices of the replicas: they compute the same, so they are of one kind. */
function devicesOf({ devices }: DeviceClient, replicas: number): readonly Device[] {
  const kinds = devices.map(({ kind }) => kind);
  const isOfOneKind = new Set(kinds.slice(0, replicas)).size <= 1;
  if (devices.length < replicas || !isOfOneKind) throw notAsManyDevices(replicas, kinds);
  return devices.slice(0, replicas);
}
