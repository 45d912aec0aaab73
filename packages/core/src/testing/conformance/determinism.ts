import type { HostTensor } from "@tssl/engine";

import { shuffledOrder } from "../../data/epoch-order.ts";
import { stepBatches } from "../../training/batches.ts";
import { phaseStarts } from "../phase-steps.ts";
import { type Check, listed } from "./check.ts";
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
  name: "gives the same numbers for the same seed, to the bit, however many workers make its views",
  async find(subject) {
    const { name } = subject.plugin;
    const [one, other] = [await trace(subject, 1), await trace(subject, 2)];
    if (JSON.stringify(one.views) !== JSON.stringify(other.views)) {
      return [`[${name}] views gives other recipes each time: they follow from options and facts alone.`];
    }
    const start = differing(one.start, other.start);
    if (start.length > 0) {
      return [
        `[${name}] The state ${listed(start)} starts differently each time: first values follow from the run's seed, by networks and queues of build, or are constants.`,
      ];
    }
    for (const [i, inputs] of one.inputs.entries()) {
      const names = Object.keys(inputs).filter(
        (input) => !same(inputs[input]!.values, other.inputs[i]![input]!.values),
      );
      if (names.length > 0) {
        return [
          `[${name}] The input ${listed(names)} has other values each time in step ${one.steps[i]}: draw from the \`random\` that valueAt is given.`,
        ];
      }
    }
    const difference = firstDifference(other.scalars, one.scalars, one.steps);
    if (difference !== undefined) {
      return [
        `[${name}] Two runs with one seed differ: ${difference}. All that is random comes in through build.input; nothing else of the machine may enter a step.`,
      ];
    }
    const end = differing(one.end, other.end);
    return end.length === 0
      ? []
      : [`[${name}] Two runs with one seed end with other values of ${listed(end)}.`];
  },
};
