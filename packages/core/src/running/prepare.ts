import type { RunConfig } from "../config/parse-config.ts";
import type { RunData } from "../evaluation/open-data.ts";
import { readWeights, type Weights } from "../networks/weights/read-weights.ts";
import type { RunFacts } from "../plugins/run-facts.ts";
import type { ResumePoint } from "../run/resume.ts";
import { restoreSnapshot } from "../run/snapshot.ts";
import { replicasOf } from "../state/replicas.ts";
import { requireViewsFit } from "../training/batches.ts";
import type { OwnProcess } from "../training/own-images.ts";
import { type PreparedRun, prepareRun, runFacts } from "../training/prepare-run.ts";

export const factsOf = (config: RunConfig, { train }: RunData): RunFacts =>
  runFacts(config, train.files.length, {
    classes: train.classes.length,
    replicas: config.settings.engine.replicas,
  });

/** The weights that a run begins with; undefined where they are drawn, or a checkpoint has them. */
export const weightsOf = async ({ encoder }: RunConfig, point?: ResumePoint): Promise<Weights | undefined> =>
  encoder.weights === undefined || point?.checkpoint !== undefined ? undefined : readWeights(encoder.weights);

/** Networks and state: as the seed or a file of weights gives them, or as the checkpoint has them. */
export function prepare(
  config: RunConfig,
  data: RunData,
  { checkpoint }: ResumePoint,
  { weights, process }: { readonly weights: Weights | undefined; readonly process?: OwnProcess },
): PreparedRun {
  const facts = factsOf(config, data);
  const run = prepareRun(config, facts, {
    replicas: replicasOf(facts),
    ...(process === undefined ? {} : { process }),
    ...(weights && { weights }),
  });
  try {
    requireViewsFit(run);
    if (checkpoint !== undefined)
      restoreSnapshot(checkpoint.snapshot, run.store, { source: checkpoint.name });
    return run;
  } catch (error) {
    run.dispose();
    throw error;
  }
}
