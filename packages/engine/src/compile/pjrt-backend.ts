import type * as tf from "@tensorflow/tfjs";

import { lowerStep } from "../lower/module.ts";
import { range } from "../lower/range.ts";
import { notAsManyDevices } from "../messages/options.ts";
import { stateOfOneReplica } from "../messages/programs.ts";
import { type DeviceBuffer, downloadAll, upload } from "../pjrt/buffers.ts";
import type { DeviceClient } from "../pjrt/client.ts";
import { deviceProgram } from "../pjrt/device-program.ts";
import type { Device } from "../pjrt/devices.ts";
import type { Executable } from "../pjrt/executable.ts";
import type { ProcessDevice } from "../pjrt/process-client.ts";
import type { Backend, BackendStep } from "./backend.ts";
import type { HostTensor } from "./data-types.ts";
import type { InputShare } from "./input-share.ts";
import { inBfloat16, type Precision } from "./mixed-precision.ts";
import { createPjrtState, hostArray, hostTensor, type PjrtState } from "./pjrt-state.ts";
import type { Recording } from "./record.ts";

interface PjrtOptions {
  readonly variables: Readonly<Record<string, tf.Variable>>;
  readonly precision: Precision;
  readonly device: ProcessDevice;
  /** Whether a GPU may multiply in TensorFloat-32. */
  readonly tensorFloat32: boolean;
  /** Devices that each hold the whole state. */
  readonly replicas: number;
  /** Told of a step that does not give the same bits each time, and why. */
  readonly onRounding: (step: string, reason: string) => void;
}

/**
 * One device or several, each with the state in its memory. A step takes over the buffers of the state that
 * it assigns, and gives back new ones. So a step that fails while it runs may lose them.
 */
export function pjrtBackend({
  variables,
  precision,
  device,
  tensorFloat32,
  replicas,
  onRounding,
}: PjrtOptions): Backend {
  const { client } = device;
  const state = createPjrtState(client, devicesOf(client, replicas), variables);
  const programs: Promise<Executable>[] = [];

  const build = (recording: Recording, name: string, share?: InputShare): BackendStep => {
    const copies = share === undefined ? 1 : replicas;
    const rewritten = precision === "bfloat16" ? inBfloat16(recording) : recording;
    const lowered = lowerStep(rewritten, { tensorFloat32, replicas: copies });
    if (copies < replicas && lowered.donated.length > 0) throw stateOfOneReplica(name);
    let program: Promise<Executable> | undefined;
    const compiled = (): Promise<Executable> => {
      if (program === undefined) {
        program = deviceProgram(device, { text: lowered.text, replicas: copies }, (reason) =>
          onRounding(name, reason),
        );
        program.catch(() => undefined); // Who runs the step is told.
        programs.push(program);
      }
      return program;
    };
    const taken = lowered.donated.map((i) => lowered.arguments[i]!.place);

    const run = async (inputs: readonly (readonly DeviceBuffer[])[]): Promise<Record<string, HostTensor>> => {
      if (lowered.results.length === 0) return {};
      const executable = await compiled();
      const given = inputs.map((ofReplica, replica) =>
        lowered.arguments.map(({ kind, place }) =>
          kind === "input" ? ofReplica[place]! : state.buffer(place, replica),
        ),
      );
      const { results, done } = await executable.start(given).catch((error: unknown) => {
        state.failedToStart(name, taken);
        throw error;
      });
      const [outputs = [], ...others] = results.map((ofReplica, replica) =>
        keepState(state, lowered.results, ofReplica, replica),
      );
      for (const output of others.flat()) output.free(); // as those of the first replica
      try {
        await done;
        const arrays = await downloadAll(outputs);
        return Object.fromEntries(
          recording.outputs.map(({ name: output }, i) => [output, hostTensor(arrays[i]!)]),
        );
      } catch (error) {
        if (taken.length > 0) state.lose(name);
        throw error;
      } finally {
        for (const output of outputs) output.free();
      }
    };
    return {
      load(inputs) {
        void compiled(); // The first batch goes up while the step is compiled.
        const loaded: DeviceBuffer[][] = range(copies).map(() => []);
        const free = (): void => {
          for (const buffer of loaded.flat()) buffer.free();
        };
        try {
          for (const { name: input } of recording.inputs) {
            for (const [replica, buffers] of loaded.entries()) {
              const { values, shape } = share?.(input, inputs[input]!, replica) ?? inputs[input]!;
              buffers.push(upload(client, hostArray(values, shape), client.devices[replica]));
            }
          }
        } catch (error) {
          free();
          throw error;
        }
        return { run: () => run(loaded), free };
      },
    };
  };

  return {
    state,
    build,
    close() {
      state.close();
      for (const program of programs) {
        void program.then((executable) => executable.free()).catch(() => undefined);
      }
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

/** Puts new values of state in their places. @returns the other results, in the order of the outputs. */
function keepState(
  state: PjrtState,
  kinds: readonly { readonly kind: "output" | "state"; readonly place: number }[],
  results: readonly DeviceBuffer[],
  replica: number,
): DeviceBuffer[] {
  const outputs: DeviceBuffer[] = [];
  for (const [i, { kind, place }] of kinds.entries()) {
    if (kind === "state") state.replace(place, replica, results[i]!);
    else outputs[place] = results[i]!;
  }
  return outputs;
}
