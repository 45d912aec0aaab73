import type { HostTensors } from "@tssl/engine";

import type { PreparedRun } from "../../packages/core/src/training/prepare-run.ts";
import { type Exchanged, stagesOf } from "../../packages/engine/src/compile/stages.ts";
import { lowerStep } from "../../packages/engine/src/lower/module.ts";
import { cpuDevices, type DeviceArray } from "../../packages/engine/src/lower/on-cpu-plugin.test.data.ts";
import { type Reached, recordedTraining, typed, type Values } from "./lowered-run.ts";

/**
 * The training step of a run of several replicas as several processes take it, in float64: each computes the
 * stages of the step on devices of its own, and what they exchange is completed in between.
 *
 * @param plugin of a CPU, its file. @param begun the state before the first step.
 * @param at a step of the phase.
 */
export async function stagedRun(
  run: PreparedRun,
  plugin: string,
  {
    begun,
    processes,
    at,
  }: { readonly begun: Readonly<Record<string, Values>>; readonly processes: number; readonly at: number },
) {
  const { replicas } = run.facts;
  const here = replicas / processes;
  const names = Object.keys(run.store.variables());
  const { recording, share } = recordedTraining(run, at);
  const stages = stagesOf(recording, processes);
  const devices = cpuDevices(plugin, here);
  /** By stage and process. */
  const programs = await Promise.all(
    stages.map((stage) =>
      Promise.all(
        Array.from({ length: processes }, async (_, rank) => {
          const lowered = lowerStep(stage.recording, {
            double: true,
            replicas: here,
            firstReplica: rank * here,
          });
          return { lowered, ...(await devices.compile(lowered)) };
        }),
      ),
    ),
  );
  const states = Array.from({ length: replicas }, () => ({ ...begun }));

  return {
    stages: stages.length,
    /** The state of each replica. */
    states: states as readonly Readonly<Record<string, Values>>[],
    async take(given: HostTensors): Promise<Reached> {
      /** Of each replica, by edge. */
      const computed = states.map(() => new Map<string, DeviceArray>());
      const results: Record<string, Values> = {};
      for (const [number, stage] of stages.entries()) {
        const isLast = number === stages.length - 1;
        for (const [rank, { lowered, runReplicas }] of programs[number]!.entries()) {
          const replicasHere = Array.from({ length: here }, (_, i) => rank * here + i);
          const arrays = await runReplicas(
            replicasHere.map((replica) =>
              lowered.arguments.map(({ kind, place, dtype, shape }) => {
                if (kind === "state")
                  return { values: typed(states[replica]![names[place]!]!, dtype), shape };
                const input = stage.recording.inputs[place]!.name;
                if (place >= recording.inputs.length) return computed[replica]!.get(input)!;
                return { values: typed(share(input, given[input]!, replica).values, dtype), shape };
              }),
            ),
          );
          for (const [i, replica] of replicasHere.entries()) {
            for (const [j, { kind, place }] of lowered.results.entries()) {
              const array = arrays[i]![j]!;
              if (kind === "state") states[replica]![names[place]!] = array.values;
              else if (!isLast) computed[replica]!.set(stage.given[place]!, array);
              else if (replica === 0) results[recording.outputs[place]!.name] = array.values;
            }
          }
        }
        for (const exchanged of stage.exchanged) {
          const { edge } = exchanged;
          const own = programs[number]!.map((_, rank) => computed[rank * here]!.get(edge)!);
          const ofAll = completed(exchanged, own);
          for (const each of computed) each.set(edge, ofAll);
        }
      }
      return { results, state: { ...states[0]! } };
    },
    close: () => devices.close(),
  };
}

/** What all processes gave. */
function completed({ kind, scale }: Exchanged, own: readonly DeviceArray[]): DeviceArray {
  const [{ values, shape }] = own as readonly [DeviceArray];
  if (kind === "gather") {
    const [rows = 1, ...rest] = shape;
    const all = own.flatMap((each) => Array.from<number>(each.values));
    return { values: filled(values, all), shape: [own.length * rows, ...rest] };
  }
  const sums = Array.from(values, (_, i) => own.reduce((sum, each) => sum + each.values[i]!, 0) * scale);
  return { values: filled(values, sums), shape };
}

function filled(like: DeviceArray["values"], numbers: readonly number[]): DeviceArray["values"] {
  if (like instanceof Int32Array) return Int32Array.from(numbers);
  return like instanceof Float64Array ? Float64Array.from(numbers) : Uint8Array.from(numbers);
}
