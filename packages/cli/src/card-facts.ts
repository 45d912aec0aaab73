import { createHash } from "node:crypto";

import { pixelFormat } from "@tssl/augment-zoo";
import type { RestoredEncoder } from "@tssl/core/internal";
import { decodingOf } from "@tssl/core/run";
import type { CardFacts } from "@tssl/export";
import { readRecordedRun, recordedRunData } from "@tssl/report";

/** Curves that a card shows at most; a page of the run has all of them. */
const MOST_CURVES = 8;

/** What a run's folder says for the card of its encoder. */
export async function cardFacts(
  runFolder: string,
  { facts, checkpoint, made }: RestoredEncoder,
  encoder: Pick<CardFacts, "encoder" | "architecture" | "proofImages" | "license">,
): Promise<CardFacts> {
  const run = recordedRunData(await readRecordedRun(runFolder));
  const { settings, representation } = made;
  const knn = facts.history.evaluations.findLast(({ step }) => step === facts.step);
  const untrained = facts.history.evaluations.find(({ step }) => step === 0);
  const measured = (run.evaluations ?? []).filter(({ step }) => step === facts.step);
  return {
    ...encoder,
    name: run.title,
    featureDim: representation.featureDim,
    imageSize: settings.imageSize,
    ...pixelFormat(decodingOf(settings.data)),
    mean: settings.data.mean,
    deviation: settings.data.deviation,
    methods: run.plugins,
    checkpoint,
    steps: facts.step,
    epochs: { done: facts.epoch, planned: run.epochs.planned },
    batchSize: settings.batchSize,
    seconds: facts.history.seconds,
    data: { images: run.data.images, classes: run.data.classes ?? 0, fingerprints: facts.images },
    evaluations: [
      ...(knn === undefined
        ? []
        : [
            {
              name: `kNN while training, k ${run.knn?.k ?? ""}`,
              accuracy: knn.accuracy,
              ...(untrained === undefined ? {} : { untrained: untrained.accuracy }),
              ...(run.knn?.testImages === undefined ? {} : { testImages: run.knn.testImages }),
              step: knn.step,
            },
          ]),
      ...measured,
    ],
    curves: run.metrics.curves.slice(0, MOST_CURVES).map(({ name, values }) => ({ name, values })),
    health: run.health.findings.map(({ sentence }) => sentence),
    notes: run.notes ?? [],
    environment: { ...run.environment },
    config: run.config ?? "",
  };
}

/** Texts that artefacts carry: which run they come from. */
export const metadataOf = (name: string, { checkpoint, facts }: RestoredEncoder): Record<string, string> => ({
  "tssl.run": name,
  "tssl.checkpoint": checkpoint,
  "tssl.config": createHash("sha256").update(JSON.stringify(facts.config)).digest("hex"),
  "tssl.images": JSON.stringify(facts.images),
});
