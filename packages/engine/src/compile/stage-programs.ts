import { type LoweredStep, lowerStep } from "../lower/module.ts";
import type { DeviceBuffer } from "../pjrt/buffers.ts";
import { deviceProgram } from "../pjrt/device-program.ts";
import type { Device } from "../pjrt/devices.ts";
import type { Executable } from "../pjrt/executable.ts";
import type { ProcessDevice } from "../pjrt/process-client.ts";
import type { PjrtState } from "./pjrt-state.ts";
import type { Recording } from "./record.ts";
import type { Stage } from "./stages.ts";

/** Buffers for each device of this process. */
export type PerDevice = readonly (readonly DeviceBuffer[])[];

/** What computes the programs of a step. */
export interface StageDevices {
  readonly device: ProcessDevice;
  /** The devices of this process that take the step; each holds the state. */
  readonly devices: readonly Device[];
  /** The number of their first one, among those of all processes. */
  readonly firstReplica: number;
  readonly state: PjrtState;
  readonly tensorFloat32: boolean;
  /** Told why the step does not give the same bits each time, where it does not. */
  readonly onRounding: (reason: string) => void;
}

/** The stages of a step, each a program on the devices of this process. */
export interface StagePrograms {
  /** The variables that the step assigns, by their places in the state. */
  readonly assigned: readonly number[];
  /** Whether a stage has any output or assigns anything. */
  hasResults(stage: number): boolean;
  /** Begins to compile all stages, once. Whoever starts a stage is told of a failure. */
  compile(): void;
  /**
   * Starts a stage, once all are compiled.
   *
   * @param inputs those of the step, then what the stage takes of earlier ones.
   * @returns its outputs, which the caller frees, and the end of its computation.
   * @throws {EngineError} STEP_NOT_COMPILED, DEVICE_FAILED, DEVICE_MEMORY_FULL
   */
  start(
    stage: number,
    inputs: PerDevice,
  ): Promise<{ readonly outputs: PerDevice; readonly done: Promise<void> }>;
  free(): void;
}

/** @param step all stages, for messages. @param name of the step. */
export function stagePrograms(
  stages: readonly Stage[],
  step: { readonly recording: Recording; readonly name: string },
  { device, devices, firstReplica, state, tensorFloat32, onRounding }: StageDevices,
): StagePrograms {
  const replicas = devices.length;
  const lowered = stages.map(({ recording }) =>
    lowerStep(recording, { tensorFloat32, partOf: step.recording, replicas, firstReplica }),
  );
  const last = lowered.at(-1)!;
  const assigned = last.donated.map((i) => last.arguments[i]!.place);

  let programs: Promise<readonly Executable[]> | undefined;
  const compiled = (): Promise<readonly Executable[]> => {
    programs ??= eachInTurn(lowered, ({ text }) => deviceProgram(device, { text, replicas }, onRounding));
    programs.catch(() => undefined); // Whoever starts a stage is told.
    return programs;
  };

  return {
    assigned,
    hasResults: (stage) => lowered[stage]!.results.length > 0,
    compile: () => void compiled(),
    async start(stage, inputs) {
      const executable = (await compiled())[stage]!;
      const { arguments: args, results: kinds } = lowered[stage]!;
      const given = inputs.map((ofDevice, number) =>
        args.map(({ kind, place }) => (kind === "input" ? ofDevice[place]! : state.buffer(place, number))),
      );
      const { results, done } = await executable.start(given).catch((error: unknown) => {
        if (lowered[stage] === last) state.failedToStart(step.name, assigned);
        throw error;
      });
      const outputs = results.map((ofDevice, number) => keepState(state, kinds, ofDevice, number));
      return { outputs, done };
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

async function eachInTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
