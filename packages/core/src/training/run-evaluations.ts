import type { CorruptFile } from "@tssl/augment-zoo";

import type { RunSettings } from "../config/run-settings.ts";
import { effectiveRank, heldOutAccuracy } from "../evaluation/checkpoint-score.ts";
import type { FeatureExtractor } from "../evaluation/compile-features.ts";
import {
  classify,
  extractBoth,
  type KnnData,
  type KnnEvaluation,
  undecodable,
} from "../evaluation/evaluate-knn.ts";
import { extractFeatures, type ImageFeatures } from "../evaluation/extract-features.ts";
import { sampledImages, sampleFeatures } from "../evaluation/feature-sample.ts";
import type { EvaluationImages } from "../evaluation/images.ts";
import { neighbourRows } from "../evaluation/neighbour-rows.ts";
import { heldOutWithoutLabels } from "../messages/options.ts";
import type { RunFacts } from "../plugins/run-facts.ts";
import type { CheckpointFacts } from "../run/checkpoint.ts";
import type { RunFolder } from "../run/run-folder.ts";
import type { PastEvaluation, RunHistory } from "../run/run-history.ts";
import { keepFeatures } from "./feature-map.ts";
import type { SettledStatistics } from "./settled-statistics.ts";

/** A run's kNN evaluations: makes those that are due, and remembers those of all its parts. */
export interface RunEvaluations {
  readonly past: readonly PastEvaluation[];
  /** Whether there are labels to check against. */
  readonly isPossible: boolean;
  /**
   * What was measured after this step and decides on the best checkpoint; the untrained encoder is not its
   * run's best.
   */
  measuredAt(step: number): Pick<CheckpointFacts, "knn" | "best">;
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
type Evaluated = Pick<RunHistory, "evaluations" | "evaluationSeconds" | "scores" | "untrained" | "latest">;

export interface RunEvaluationsOptions {
  /** Absent where there are no labels to check against: then none is due. */
  readonly data: KnnData | undefined;
  /** Training images whose features have a rank, where nothing else is evaluated. */
  readonly unlabelled: () => EvaluationImages;
  readonly features: FeatureExtractor;
  /** The untrained encoder is evaluated with settled statistics, as every later one is. */
  readonly settled: SettledStatistics;
  readonly settings: Pick<RunSettings, "evaluation" | "checkpoint" | "seed">;
  readonly facts: RunFacts;
  readonly folder: Pick<RunFolder, "path" | "metrics">;
  /** Evaluations of the run's earlier parts. */
  readonly earlier: Evaluated;
  readonly signal: AbortSignal | undefined;
  readonly onEvaluation: (evaluation: KnnEvaluation) => Promise<void>;
}

export function createRunEvaluations(options: RunEvaluationsOptions): RunEvaluations {
  const { data, unlabelled, features: encoder, settled, facts, folder, signal, onEvaluation } = options;
  const { evaluation: settings, checkpoint, seed } = options.settings;
  const { best } = checkpoint;
  const { scores: scored } = options.earlier;
  const scores = scored?.by === best ? [...scored.values] : [];
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
    const score = step === 0 ? {} : await noteScore(step, features.train, data);
    latest = { confusion: result.confusion, neighbours: await neighbourRows(features) };
    if (step === 0) untrained = latest;
    await folder.metrics.append({ step, epoch, values: { knn: result.accuracy, ...score } });
    evaluationSeconds += (performance.now() - begun) / 1000;
    await onEvaluation({ step, epoch, result });
  };

  /** Measures what the best checkpoint is chosen by, if that is not kNN. @returns it for the log. */
  const noteScore = async (
    step: number,
    features: ImageFeatures,
    labelled?: KnnData,
  ): Promise<Record<string, number>> => {
    if (best === "knn") return {};
    if (best === "rank") {
      const value = await effectiveRank(features);
      scores.push({ step, value });
      return { featureRank: value };
    }
    const { labels, classes } = labelled!.train;
    const ofRows = features.images.map((image) => labels![image]!);
    const value = await heldOutAccuracy(features, ofRows, classes.length, { ...settings, seed });
    if (value === undefined) throw heldOutWithoutLabels();
    scores.push({ step, value });
    return { knnHeldOut: value };
  };

  /** What is measured where there are no labels. */
  const evaluateWithoutLabels = async (step: number): Promise<void> => {
    const begun = performance.now();
    const features = await extractFeatures(stoppable, unlabelled());
    const values = await noteScore(step, features);
    await folder.metrics.append({ step, epoch: step / facts.stepsPerEpoch, values });
    evaluationSeconds += (performance.now() - begun) / 1000;
  };

  return {
    past,
    isPossible: data !== undefined,
    measuredAt(step) {
      const [last, score] = [past.at(-1), scores.at(-1)];
      return {
        ...(step > 0 && last?.step === step ? { knn: last.accuracy } : {}),
        ...(score?.step === step ? { best: { by: best, value: score.value } } : {}),
      };
    },
    isDue(step) {
      if (data === undefined && (best !== "rank" || step === 0)) return false;
      if ((data === undefined ? scores : past).at(-1)?.step === step) return false;
      if (step === 0 || step >= facts.totalSteps) return true;
      const epoch = step / facts.stepsPerEpoch;
      return Number.isInteger(epoch) && epoch % settings.everyEpochs === 0;
    },
    async evaluate(step) {
      const evaluated = data === undefined ? evaluateWithoutLabels(step) : evaluate(step, data);
      await evaluated.catch((error: unknown) => {
        if (signal?.aborted !== true) throw error;
      });
    },
    isBest(step) {
      const trained = past
        .filter((each) => each.step > 0)
        .map(({ step, accuracy }) => ({ step, value: accuracy }));
      const counted = best === "knn" ? trained : scores;
      const last = counted.at(-1);
      return last?.step === step && counted.every(({ value }) => value <= last.value);
    },
    corrupt: () => (data === undefined ? [] : undecodable(data)),
    history: () => ({
      evaluations: [...past],
      evaluationSeconds,
      ...(best === "knn" ? {} : { scores: { by: best, values: [...scores] } }),
      ...(untrained === undefined ? {} : { untrained }),
      ...(latest === undefined ? {} : { latest }),
    }),
  };
}
