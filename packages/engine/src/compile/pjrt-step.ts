import { stateOfOneReplica } from "../messages/programs.ts";
import { type DeviceBuffer, downloadAll, upload } from "../pjrt/buffers.ts";
import type { Device } from "../pjrt/devices.ts";
import type { ProcessDevice } from "../pjrt/process-client.ts";
import type { Exchange } from "../processes/exchange.ts";
import type { BackendStep, Sharing } from "./backend.ts";
import type { HostTensors } from "./compiled-step.ts";
import type { HostTensor } from "./data-types.ts";
import { exchangeBuffers } from "./exchange-buffers.ts";
import { hostArray, hostTensor, type PjrtState } from "./pjrt-state.ts";
import type { Recording } from "./record.ts";
import { type PerDevice, stagePrograms } from "./stage-programs.ts";
import { stageValues } from "./stage-values.ts";
import { type Stage, stagesOf } from "./stages.ts";

/** Where the state of a program is, and what computes its steps. */
export interface StepDevices {
  readonly device: ProcessDevice;
  /** The devices of this process, which each hold the state. */
  readonly devices: readonly Device[];
  /** Other processes whose devices hold it too. */
  readonly others?: OtherProcesses;
  readonly state: PjrtState;
  readonly tensorFloat32: boolean;
  /** Told of a step that does not give the same bits each time, and why. */
  readonly onRounding: (step: string, reason: string) => void;
}

/** The processes that this one computes with. */
export interface OtherProcesses {
  /** The number of this one. */
  readonly rank: number;
  /** Of all of them. */
  readonly count: number;
  readonly exchange: Exchange;
}

/**
 * A recorded step on devices: one program, or where other processes take it too, one for each stage of it.
 *
 * @param sharing absent for a step of one device.
 */
export function pjrtStep(
  recording: Recording,
  name: string,
  sharing: Sharing | undefined,
  on: StepDevices,
): BackendStep & { free(): void } {
  const { state, device } = on;
  const { client } = device;
  const devices = sharing === undefined ? on.devices.slice(0, 1) : on.devices;
  const others = sharing?.byAllProcesses === true ? on.others : undefined;
  const stages = others === undefined ? [whole(recording)] : stagesOf(recording, others.count);
  const lastStage = stages.length - 1;
  const programs = stagePrograms(
    stages,
    { recording, name },
    {
      ...on,
      devices,
      firstReplica: (others?.rank ?? 0) * devices.length,
      onRounding: (reason) => on.onRounding(name, reason),
    },
  );
  const isOfAll = devices.length === on.devices.length && others === on.others;
  if (!isOfAll && programs.assigned.length > 0) throw stateOfOneReplica(name);
  const lastTaken = new Map(stages.flatMap(({ taken }, i) => taken.map((edge) => [edge, i] as const)));

  /** Runs the last stage, which assigns state. @returns what the first device has computed, as all have. */
  const finish = async (inputs: PerDevice): Promise<Record<string, HostTensor>> => {
    if (!programs.hasResults(lastStage)) return {};
    const { outputs, done } = await programs.start(lastStage, inputs);
    const [first = [], ...alike] = outputs;
    for (const output of alike.flat()) output.free();
    try {
      await done;
      const arrays = await downloadAll(first);
      return Object.fromEntries(
        recording.outputs.map(({ name: output }, i) => [output, hostTensor(arrays[i]!)]),
      );
    } catch (error) {
      if (programs.assigned.length > 0) state.lose(name);
      throw error;
    } finally {
      for (const output of first) output.free();
    }
  };

  const run = async (own: PerDevice): Promise<Record<string, HostTensor>> => {
    const values = stageValues();
    const inputsOf = ({ taken }: Stage): PerDevice =>
      own.map((ofDevice, number) => [...ofDevice, ...taken.map((edge) => values.on(number, edge))]);
    try {
      for (const [number, stage] of stages.slice(0, -1).entries()) {
        const { outputs } = await programs.start(number, inputsOf(stage));
        for (const [i, edge] of stage.given.entries()) {
          values.keep(
            edge,
            outputs.map((ofDevice) => ofDevice[i]!),
          );
        }
        for (const edge of stage.taken) if (lastTaken.get(edge) === number) values.free(edge);
        const partial = stage.exchanged.map(({ edge }) => values.on(0, edge));
        const ofAll = await exchangeBuffers(others!.exchange, { client, devices }, stage.exchanged, partial);
        for (const [i, { edge }] of stage.exchanged.entries()) values.keep(edge, ofAll[i]!);
      }
      return await finish(inputsOf(stages[lastStage]!));
    } finally {
      values.freeAll();
    }
  };

  /** Copies to each device its share of the inputs. */
  const uploaded = (inputs: HostTensors): DeviceBuffer[][] => {
    const loaded: DeviceBuffer[][] = devices.map(() => []);
    try {
      for (const { name: input } of recording.inputs) {
        for (const [number, buffers] of loaded.entries()) {
          const { values, shape } = sharing?.share(input, inputs[input]!, number) ?? inputs[input]!;
          buffers.push(upload(client, hostArray(values, shape), devices[number]));
        }
      }
      return loaded;
    } catch (error) {
      freeEach(loaded);
      throw error;
    }
  };

  return {
    load(inputs) {
      programs.compile(); // The first batch goes up while the step is compiled.
      const loaded = uploaded(inputs);
      return { run: () => run(loaded), free: () => freeEach(loaded) };
    },
    free: programs.free,
  };
}

/** A step that is not cut. */
const whole = (recording: Recording): Stage => ({ recording, taken: [], given: [], exchanged: [] });

function freeEach(buffers: PerDevice): void {
  for (const buffer of buffers.flat()) buffer.free();
}
