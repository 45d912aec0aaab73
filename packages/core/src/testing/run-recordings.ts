import { evaluationView, viewShape } from "@tssl/augment-zoo";
import type { HostTensors, Program, ProgramState } from "@tssl/engine";
import { type Recording, recordStep } from "@tssl/engine/testing";

import { imagenetStatistics } from "../networks/normalize-images.ts";
import { blankParts } from "../training/blank-parts.ts";
import { compileOver } from "../training/compile-run.ts";
import type { PreparedRun } from "../training/prepare-run.ts";
import { phaseStarts } from "./phase-steps.ts";

/**
 * What is recorded of a run, by the names of its steps: training step and health probe of each phase, the
 * features, and the pass that settles batch norm. Nothing is compiled or run.
 */
export async function runRecordings(run: PreparedRun): Promise<ReadonlyMap<string, Recording>> {
  const recordings = new Map<string, Recording>();
  const program = recordingProgram(run, recordings);
  const compiled = compileOver(program, run, { statistics: imagenetStatistics });
  const [part] = blankParts(run);
  for (const step of phaseStarts(run)) {
    const phase = run.phaseAt(step);
    compiled.record(phase);
    compiled.loadProbe(part!, phase);
  }
  compiled.loadStatistics(part!);
  const { microBatchSize: count, imageSize: size } = run.facts;
  const shape = [count, ...viewShape(evaluationView({ size }))];
  await compiled.features.extract({ values: new Uint8Array(shape.reduce((a, b) => a * b)), shape });
  return recordings;
}

/** A program that records its steps and runs none; each comes to no values. */
function recordingProgram(run: PreparedRun, recordings: Map<string, Recording>): Program {
  const state = run.store.variables();
  return {
    mode: "graph",
    state: {} as ProgramState,
    compile(name, step) {
      const record = (inputs: HostTensors) => {
        const recording = recordStep(step, inputs, state);
        recordings.set(name, recording);
        return recording;
      };
      const run = (inputs: HostTensors) =>
        Object.fromEntries(
          record(inputs).outputs.map(({ name }) => [name, { values: new Float32Array(), shape: [0] }]),
        );
      return {
        record: (inputs) => ({ ops: record(inputs).nodes.length, intermediateBytes: 0 }),
        load(inputs) {
          const results = run(inputs);
          return { run: () => Promise.resolve(results) };
        },
        run: (inputs) => Promise.resolve(run(inputs)),
      };
    },
    dispose: () => Promise.resolve(),
  };
}
