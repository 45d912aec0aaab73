import type { HostTensor } from "@tssl/engine";

import { shuffledOrder } from "../../data/epoch-order.ts";
import { stepBatches } from "../../training/batches.ts";
import { type Check, listed } from "./check.ts";
import { differing, firstDifference, same, type Scalars, stateOf } from "./differences.ts";
import { compileSubject, LABELS, LEARNING_RATE, openLoader, SEED, type Subject } from "./subject.ts";

/** Everything that one run sees and gives: its views, what it starts from, what comes in, what comes out. */
async function trace({ prepare }: Subject, workers: number, steps: number) {
  const run = prepare();
  const loader = await openLoader(run.views, { batchSize: run.facts.microBatchSize, workers });
  const compiled = compileSubject(run, "graph");
  try {
    const start = stateOf(compiled);
    const inputs: Readonly<Record<string, HostTensor>>[] = [];
    const scalars: Scalars[] = [];
    const order = shuffledOrder(run.facts.datasetSize, SEED);
    const labels = run.readsLabels ? { labels: LABELS } : {};
    const source = { loader, facts: run.facts, inputs: run.inputs, order, ahead: 2, seed: SEED, ...labels };
    for await (const batch of stepBatches(source)) {
      inputs.push(batch.parts[0]!.inputs);
      const loaded = compiled.load(batch.parts, LEARNING_RATE);
      batch.release();
      scalars.push(await loaded.run());
      if (scalars.length === steps) break;
    }
    return { views: run.views, start, inputs, scalars, end: stateOf(compiled) };
  } finally {
    await loader.close();
    await compiled.dispose();
    run.dispose();
  }
}

export const determinism: Check = {
  name: "gives the same numbers for the same seed, to the bit, however many workers make its views",
  async find(subject) {
    const { name } = subject.plugin;
    const [one, other] = [await trace(subject, 1, 3), await trace(subject, 2, 3)];
    if (JSON.stringify(one.views) !== JSON.stringify(other.views)) {
      return [`[${name}] views gives other recipes each time: they follow from options and facts alone.`];
    }
    const start = differing(one.start, other.start);
    if (start.length > 0) {
      return [
        `[${name}] The state ${listed(start)} starts differently each time: first values follow from the run's seed, by networks and queues of build, or are constants.`,
      ];
    }
    for (const [step, inputs] of one.inputs.entries()) {
      const names = Object.keys(inputs).filter(
        (input) => !same(inputs[input]!.values, other.inputs[step]![input]!.values),
      );
      if (names.length > 0) {
        return [
          `[${name}] The input ${listed(names)} has other values each time in step ${step}: draw from the \`random\` that valueAt is given.`,
        ];
      }
    }
    const difference = firstDifference(other.scalars, one.scalars, 0);
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
