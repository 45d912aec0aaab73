import type { HostTensor } from "@tssl/engine";

import { shuffledOrder } from "../../data/epoch-order.ts";
import { stepBatches } from "../../training/batches.ts";
import { phaseStarts } from "../phase-steps.ts";
import { firstValuesVary, inputsVary, runsDiffer, viewsVary } from "../messages/determinism.ts";
import type { Check } from "./check.ts";
import { differing, firstDifference, same, type Scalars, stateOf } from "./differences.ts";
import { LABELS, openLoader, SEED, startRun, type Subject } from "./subject.ts";

/** Steps of each phase. */
const STEPS = 3;

/** Everything that one run sees and gives: its views, what it starts from, what comes in, what comes out. */
async function trace({ prepare }: Subject, workers: number) {
  const run = prepare();
  const loader = await openLoader(run.views, { batchSize: run.facts.microBatchSize, workers });
  const started = startRun(run, "graph");
  try {
    const start = stateOf(started.compiled);
    const inputs: Readonly<Record<string, HostTensor>>[] = [];
    const scalars: Scalars[] = [];
    const steps = phaseStarts(run, STEPS);
    const order = shuffledOrder(run.facts.datasetSize, SEED);
    const labels = run.readsLabels ? { labels: LABELS } : {};
    const source = { loader, facts: run.facts, inputs: run.inputs, order, ahead: 2, seed: SEED, ...labels };
    let step = 0;
    for await (const batch of stepBatches(source)) {
      if (steps.includes(step)) {
        inputs.push(batch.parts[0]!.inputs);
        scalars.push(await started.takeStep(step, batch.parts));
      }
      batch.release();
      if (step === steps.at(-1)) break;
      step++;
    }
    return { views: run.views, start, steps, inputs, scalars, end: stateOf(started.compiled) };
  } finally {
    await loader.close();
    await started.dispose();
  }
}

export const determinism: Check = {
  name: "determinism",
  async find(subject) {
    const { name } = subject.plugin;
    const [one, other] = [await trace(subject, 1), await trace(subject, 2)];
    if (JSON.stringify(one.views) !== JSON.stringify(other.views)) {
      return [viewsVary(name)];
    }
    const start = differing(one.start, other.start);
    if (start.length > 0) return [firstValuesVary(name, start)];
    for (const [i, inputs] of one.inputs.entries()) {
      const names = Object.keys(inputs).filter(
        (input) => !same(inputs[input]!.values, other.inputs[i]![input]!.values),
      );
      if (names.length > 0) return [inputsVary(name, names, one.steps[i]!)];
    }
    const difference = firstDifference(other.scalars, one.scalars, one.steps);
    if (difference !== undefined) return [runsDiffer(name, difference)];
    const end = differing(one.end, other.end);
    return end.length === 0 ? [] : [runsDiffer(name, { endOf: end })];
  },
};
