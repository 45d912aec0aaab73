import type { CorruptFile } from "@tssl/augment-zoo";

import type { RunSettings } from "../config/run-config.ts";
import type { FeatureExtractor } from "../evaluation/compile-features.ts";
import {
  classify,
  extractBoth,
  type KnnData,
  type KnnEvaluation,
  undecodable,
} from "../evaluation/evaluate-knn.ts";
import { sampledImages, sampleFeatures } from "../evaluation/feature-sample.ts";
import { neighbourRows } from "../evaluation/neighbour-rows.ts";
import type { RunFacts } from "../plugins/run-facts.ts";
import type { RunFolder } from "../run/run-folder.ts";
import type { PastEvaluation, RunHistory } from "../run/run-history.ts";
import { keepFeatures } from "./feature-map.ts";
import type { SettledStatistics } from "./settled-statistics.ts";

/** A run's kNN evaluations: makes those that are due, and remembers those of all its parts. */
export interface RunEvaluations {
  readonly past: readonly PastEvaluation[];
  /** Whether there are labels to check against. */
  readonly isPossible: boolean;
  /** The accuracy after this step, where it was measured; the untrained encoder's is not its run's best. */
  knnAt(step: number): { readonly knn?: number };
  /** Whether the config asks for one after this step, and it was not made yet. */
  isDue(step: number): boolean;
  /** Makes the one that is due. One that is stopped leaves nothing: the run makes it when it goes on. */
  evaluate(step: number): Promise<void>;
  /** Whether one was made after this step, and none before it was better. */
  isBest(step: number): boolean;
  history(): Evaluated;
  /** Images that kNN could not decode. */
  corrupt(): readonly CorruptFile[];
}

/** What a run's history says of them. */
type Evaluated = Pick<RunHistory, "evaluations" | "evaluationSeconds" | "untrained" | "latest">;

export interface RunEvaluationsOptions {
  /** Absent where there are no labels to check against: then none is due. */
  readonly data: KnnData | undefined;
  readonly features: FeatureExtractor;
  /** The untrained encoder is evaluated with settled statistics, as every later one is. */
  readonly settled: SettledStatistics;
  readonly settings: RunSettings["evaluation"];
  readonly facts: RunFacts;
  readonly folder: Pick<RunFolder, "path" | "metrics">;
  /** Evaluations of the run's earlier parts. */
  readonly earlier: Evaluated;
  readonly signal: AbortSignal | undefined;
  readonly onEvaluation: (evaluation: KnnEvaluation) => Promise<void>;
}

export function createRunEvaluations(options: RunEvaluationsOptions): RunEvaluations {
  const { data, features: encoder, settled, settings, facts, folder, signal, onEvaluation } = options;
  const past = [...options.earlier.evaluations];
  let { untrained, latest, evaluationSeconds } = options.earlier;

  const stoppable: FeatureExtractor = {
    dim: encoder.dim,
    extract(batch) {
      signal?.throwIfAborted();
      return encoder.extract(batch);
    },
  };

  const evaluate = async (step: number, data: KnnData): Promise<void> => {
    const begun = performance.now();
    const extract = () => extractBoth(stoppable, data);
    const features = await (step === 0 ? settled.during(extract) : extract());
    const result = await classify(features, data, settings);
    await keepFeatures(folder.path, {
      ...sampleFeatures(features.test),
      images: Int32Array.from(sampledImages(features.test.count), (row) => features.test.images[row]!),
      step,
    });
    const epoch = step / facts.stepsPerEpoch;
    past.push({ step, epoch, accuracy: result.accuracy });
    latest = { confusion: result.confusion, neighbours: await neighbourRows(features) };
    if (step === 0) untrained = latest;
    await folder.metrics.append({ step, epoch, values: { knn: result.accuracy } });
    evaluationSeconds += (performance.now() - begun) / 1000;
    await onEvaluation({ step, epoch, result });
  };

  return {
    past,
    isPossible: data !== undefined,
    knnAt(step) {
      const last = past.at(-1);
      return step > 0 && last?.step === step ? { knn: last.accuracy } : {};
    },
    isDue(step) {
      if (data === undefined || past.at(-1)?.step === step) return false;
      if (step === 0 || step >= facts.totalSteps) return true;
      const epoch = step / facts.stepsPerEpoch;
      return Number.isInteger(epoch) && epoch % settings.everyEpochs === 0;
    },
    async evaluate(step) {
      if (data === undefined) return;
      await evaluate(step, data).catch((error: unknown) => {
        if (signal?.aborted !== true) throw error;
      });
    },
    isBest(step) {
      const trained = past.filter((each) => each.step > 0);
      const last = trained.at(-1);
      return last?.step === step && trained.every(({ accuracy }) => accuracy <= last.accuracy);
    },
    corrupt: () => (data === undefined ? [] : undecodable(data)),
    history: () => ({
      evaluations: [...past],
      evaluationSeconds,
      ...(untrained === undefined ? {} : { untrained }),
      ...(latest === undefined ? {} : { latest }),
    }),
  };
}
