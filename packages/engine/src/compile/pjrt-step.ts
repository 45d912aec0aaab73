import { type LoweredStep, lowerStep } from "../lower/module.ts";
import { stateOfOneReplica } from "../messages/programs.ts";
import { type DeviceBuffer, downloadAll, upload } from "../pjrt/buffers.ts";
import { deviceProgram } from "../pjrt/device-program.ts";
import type { Device } from "../pjrt/devices.ts";
import type { Executable } from "../pjrt/executable.ts";
import type { ProcessDevice } from "../pjrt/process-client.ts";
import type { Exchange } from "../processes/exchange.ts";
import type { BackendStep, Sharing } from "./backend.ts";
import type { HostTensor } from "./data-types.ts";
import { exchangeBuffers } from "./exchange-buffers.ts";
import { hostArray, hostTensor, type PjrtState } from "./pjrt-state.ts";
import type { Recording } from "./record.ts";
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

/** Buffers for each device. */
type PerDevice = readonly (readonly DeviceBuffer[])[];

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
  const lowered = stages.map((stage) =>
    lowerStep(stage.recording, {
      tensorFloat32: on.tensorFloat32,
      partOf: recording,
      replicas: devices.length,
      firstReplica: (others?.rank ?? 0) * devices.length,
    }),
  );
  const last = lowered.at(-1)!;
  const isOfAll = devices.length === on.devices.length && others === on.others;
  if (!isOfAll && last.donated.length > 0) throw stateOfOneReplica(name);
  const assigned = last.donated.map((i) => last.arguments[i]!.place);
  const lastTaken = new Map(stages.flatMap(({ taken }, i) => taken.map((edge) => [edge, i] as const)));

  let programs: Promise<readonly Executable[]> | undefined;
  const compiled = (): Promise<readonly Executable[]> => {
    programs ??= eachInTurn(lowered, ({ text }) =>
      deviceProgram(device, { text, replicas: devices.length }, (reason) => on.onRounding(name, reason)),
    );
    programs.catch(() => undefined); // Who runs the step is told.
    return programs;
  };

  /** Starts the program of a stage. @returns its outputs on each device, which the caller frees. */
  const start = async (
    stage: number,
    inputs: PerDevice,
  ): Promise<{ readonly outputs: PerDevice; readonly done: Promise<void> }> => {
    const executable = (await compiled())[stage]!;
    const { arguments: args, results: kinds } = lowered[stage]!;
    const given = inputs.map((ofDevice, number) =>
      args.map(({ kind, place }) => (kind === "input" ? ofDevice[place]! : state.buffer(place, number))),
    );
    const { results, done } = await executable.start(given).catch((error: unknown) => {
      if (stage === stages.length - 1) state.failedToStart(name, assigned);
      throw error;
    });
    return { outputs: results.map((ofDevice, number) => keepState(state, kinds, ofDevice, number)), done };
  };

  const finish = async (inputs: PerDevice): Promise<Record<string, HostTensor>> => {
    if (last.results.length === 0) return {};
    const { outputs, done } = await start(stages.length - 1, inputs);
    const [first = [], ...alike] = outputs;
    for (const output of alike.flat()) output.free();
    try {
      await done;
      const arrays = await downloadAll(first);
      return Object.fromEntries(
        recording.outputs.map(({ name: output }, i) => [output, hostTensor(arrays[i]!)]),
      );
    } catch (error) {
      if (assigned.length > 0) state.lose(name);
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
        const { outputs } = await start(number, inputsOf(stage));
        for (const [i, edge] of stage.given.entries()) {
          const ofDevices = outputs.map((ofDevice) => ofDevice[i]!);
          values.keep(edge, ofDevices);
        }
        for (const edge of stage.taken) if (lastTaken.get(edge) === number) values.free(edge);
        const partial = stage.exchanged.map(({ edge }) => values.on(0, edge));
        const ofAll = await exchangeBuffers(others!.exchange, { client, devices }, stage.exchanged, partial);
        for (const [i, { edge }] of stage.exchanged.entries()) values.keep(edge, ofAll[i]!);
      }
      return await finish(inputsOf(stages.at(-1)!));
    } finally {
      values.freeAll();
    }
  };

  return {
    load(inputs) {
      void compiled(); // The first batch goes up while the step is compiled.
      const loaded: DeviceBuffer[][] = devices.map(() => []);
      const free = (): void => {
        for (const buffer of loaded.flat()) buffer.free();
      };
      try {
        for (const { name: input } of recording.inputs) {
          for (const [number, buffers] of loaded.entries()) {
            const { values, shape } = sharing?.share(input, inputs[input]!, number) ?? inputs[input]!;
            buffers.push(upload(client, hostArray(values, shape), devices[number]));
          }
        }
      } catch (error) {
        free();
        throw error;
      }
      return { run: () => run(loaded), free };
    },
    free: () =>
      void programs?.then(
        (executables) => {
          for (const executable of executables) executable.free();
        },
        () => undefined,
      ),
  };
}

/** A step that is not cut. */
const whole = (recording: Recording): Stage => ({ recording, taken: [], given: [], exchanged: [] });

/** What the stages of a call have given: for each edge of the step, a buffer on each device. */
function stageValues() {
  const kept = new Map<string, readonly DeviceBuffer[]>();
  const free = (edge: string): void => {
    for (const buffer of kept.get(edge) ?? []) buffer.free();
    kept.delete(edge);
  };
  return {
    on: (device: number, edge: string): DeviceBuffer => kept.get(edge)![device]!,
    /** Takes buffers over, in the place of those that an edge had. */
    keep(edge: string, buffers: readonly DeviceBuffer[]): void {
      free(edge);
      kept.set(edge, buffers);
    },
    free,
    freeAll(): void {
      for (const edge of [...kept.keys()]) free(edge);
    },
  };
}

async function eachInTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

/** Puts new values of state in their places. @returns the other results, in the order of the outputs. */
function keepState(
  state: PjrtState,
  kinds: LoweredStep["results"],
  results: readonly DeviceBuffer[],
  device: number,
): DeviceBuffer[] {
  const outputs: DeviceBuffer[] = [];
  for (const [i, { kind, place }] of kinds.entries()) {
    if (kind === "state") state.replace(place, device, results[i]!);
    else outputs[place] = results[i]!;
  }
  return outputs;
}
