import type { HostTensors } from "@tssl/engine";

import { imagenetStatistics } from "../../packages/core/src/networks/normalize-images.ts";
import { isShared, stepInputs, trainingStep } from "../../packages/core/src/training/compile-run.ts";
import type { PreparedRun } from "../../packages/core/src/training/prepare-run.ts";
import type { HostTensor } from "../../packages/engine/src/compile/data-types.ts";
import { firstShares, inputShare } from "../../packages/engine/src/compile/input-share.ts";
import { asLowered } from "../../packages/engine/src/compile/as-lowered.ts";
import { recordStep } from "../../packages/engine/src/compile/record.ts";
import { lowerStep } from "../../packages/engine/src/lower/module.ts";
import { onCpuPlugin } from "../../packages/engine/src/lower/on-cpu-plugin.test.data.ts";
import { partsOf } from "./recorded-run.ts";

export type Values = ArrayLike<number>;

/** State and results by name, after a step. */
export interface Reached {
  readonly results: Readonly<Record<string, Values>>;
  readonly state: Readonly<Record<string, Values>>;
}

/** Takes a step on inputs, from where the last one ended. */
export type Stepping = (inputs: HostTensors) => Promise<Reached>;

/** Every value of a run's state, by name. */
export const stateOf = (run: PreparedRun): Readonly<Record<string, Values>> =>
  Object.fromEntries(
    Object.entries(run.store.variables()).map(([key, variable]) => [key, variable.dataSync().slice()]),
  );

/**
 * The training step of a run, in the form that devices get, on the plugin of a CPU. A run of several replicas
 * has a device for each.
 *
 * @param plugin its file. @param begun the state before the first step.
 * @param double whether all is computed in float64.
 */
export async function loweredRun(
  run: PreparedRun,
  plugin: string,
  {
    begun,
    double,
    at = 0,
  }: {
    readonly begun: Readonly<Record<string, Values>>;
    readonly double: boolean;
    /** A step of the phase. Default: the first. */
    readonly at?: number;
  },
) {
  const { replicas } = run.facts;
  const names = Object.keys(run.store.variables());
  const { recording, share } = recordedTraining(run, at);
  const program = lowerStep(recording, { double, replicas });
  const devices = await onCpuPlugin(plugin, program, { replicas });
  const states = Array.from({ length: replicas }, () => ({ ...begun }));
  return {
    /** The state of each replica. */
    states: states as readonly Readonly<Record<string, Values>>[],
    async take(given: HostTensors): Promise<Reached> {
      const arrays = await devices.runReplicas(
        states.map((state, replica) =>
          program.arguments.map(({ kind, place, dtype, shape }) => {
            const input = (name: string): HostTensor => share(name, given[name]!, replica);
            const values =
              kind === "state" ? state[names[place]!]! : input(recording.inputs[place]!.name).values;
            return { values: typed(values, dtype), shape };
          }),
        ),
      );
      const results: Record<string, Values> = {};
      program.results.forEach(({ kind, place }, i) => {
        if (kind === "output") results[recording.outputs[place]!.name] = arrays[0]![i]!.values;
        else states.forEach((state, replica) => (state[names[place]!] = arrays[replica]![i]!.values));
      });
      return { results, state: { ...states[0]! } };
    },
    close: () => devices.close(),
  };
}

/** Numbers in the array that a program takes. */
export function typed(values: Values, dtype: string) {
  if (dtype === "float64") return Float64Array.from(values);
  if (dtype === "float32") return Float32Array.from(values);
  return dtype === "int32" ? Int32Array.from(values) : Uint8Array.from(values);
}

/** The training step of a run, recorded for all replicas, as it is lowered. @param at a step of its phase. */
export function recordedTraining(run: PreparedRun, at: number) {
  const share = inputShare("training step", run.facts.replicas, isShared);
  const blank = stepInputs(
    partsOf(run, (_, shape) => new Uint8Array(shape.reduce((product, side) => product * side, 1))),
    0,
  );
  const step = trainingStep(run, imagenetStatistics, { phase: run.phaseAt(at) });
  const recorded = recordStep(step, firstShares(blank, share), run.store.variables());
  return { recording: asLowered(recorded, "float32"), share };
}

/** How far the loss is from the truth, relative to it, and the state, relative to the way it has come. */
export function distances(
  truth: Reached,
  reached: Reached,
  begun: Readonly<Record<string, Values>>,
): [number, number] {
  const loss = truth.results["loss"]![0]!;
  let [error, way] = [0, 0];
  for (const [name, values] of Object.entries(truth.state)) {
    Array.from(values).forEach((value, i) => {
      error += (value - reached.state[name]![i]!) ** 2;
      way += (value - begun[name]![i]!) ** 2;
    });
  }
  return [Math.abs(reached.results["loss"]![0]! / loss - 1), Math.sqrt(error / way)];
}
