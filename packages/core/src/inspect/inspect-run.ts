import { randomStream, viewShape, type ViewShape } from "@tssl/augment-zoo";
import { type InspectOptions, inspectStep, type StepInspection } from "@tssl/engine";

import type { RunConfig } from "../config/parse-config.ts";
import type { RunFacts } from "../plugins/run-facts.ts";
import { requireViewsFit } from "../training/batches.ts";
import { blankParts } from "../training/blank-parts.ts";
import { stepInputs, trainingStep } from "../training/compile-run.ts";
import { prepareRun, runFacts } from "../training/prepare-run.ts";

/** What the training step of a config does and costs. */
export interface RunInspection extends StepInspection {
  readonly facts: RunFacts;
  /** The shape of one image's view, by the view's name. */
  readonly views: Readonly<Record<string, ViewShape>>;
}

/**
 * Inspects the training step of a config without its data: the images are random bytes, which take as long as
 * any others.
 *
 * The engine must be started. Figures that depend on the length of the run (learning rate, momentum) are
 * those of a first step.
 *
 * @param options.images size of the data set, which that of a bank follows. Default: one batch.
 * @param options.steps runs that are timed, besides the first one and those that are traced.
 */
export async function inspectRun(
  config: RunConfig,
  { images, ...options }: Omit<InspectOptions, "state"> & { readonly images?: number },
): Promise<RunInspection> {
  const { batchSize, data, seed } = config.settings;
  const facts = runFacts(config, images ?? batchSize);
  const run = prepareRun(config, facts);
  try {
    requireViewsFit(run);
    const views = Object.fromEntries(
      Object.entries(run.views).map(([name, { recipe }]) => [name, viewShape(recipe, facts.pixels.channels)]),
    );
    const parts = blankParts(run);
    const random = randomStream(seed, "inspect");
    for (const { values } of parts.flatMap((part) => Object.values(part.views))) {
      for (let i = 0; i < values.length; i++)
        values[i] = values instanceof Uint8Array ? random.integer(256) : random.uniform();
    }
    const inputs = stepInputs(parts, run.learningRate(0, facts.totalSteps));
    const state = run.store.variables();
    return {
      facts,
      views,
      ...(await inspectStep(trainingStep(run, data, { phase: run.phaseAt(0) }), inputs, {
        state,
        ...options,
      })),
    };
  } finally {
    run.dispose();
  }
}
