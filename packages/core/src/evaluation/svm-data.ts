import { evaluationView, stretchedView } from "@tssl/augment-zoo";

import { ABSENT, type MultiLabelSet, PRESENT } from "../data/multi-label-set.ts";
import { type TooFewImages, tooFewForSvm } from "../messages/options.ts";
import { FEATURES, type LayersExtractor } from "./compile-features.ts";
import { type Features, featuresByLayer } from "./extract-features.ts";
import { rowsOf } from "./few-shots.ts";
import { type EvaluationImages, evaluationImages, type EvaluationImagesOptions } from "./images.ts";
import { FOLDS, type SvmProtocolName, svmProtocols } from "./svm-protocol.ts";

/** Features of labelled images and their targets, `[images, classes]` as `MultiLabelSet` has them. */
export interface SvmData {
  readonly train: Features;
  readonly trainTargets: Int8Array;
  readonly test: Features;
  readonly testTargets: Int8Array;
  readonly classes: number;
  /** The layer that the features are of; absent where they are the encoder's. */
  readonly layer?: string;
}

/** Labelled images to learn from and to classify, prepared for evaluation. */
export interface SvmImages {
  readonly train: MultiLabelSet;
  readonly test: MultiLabelSet;
  readonly trainImages: EvaluationImages;
  readonly testImages: EvaluationImages;
}

/** Prepares images as a protocol wants them, at the run's image size. Nothing is decoded yet. */
export function svmImages(
  { train, test }: Pick<SvmImages, "train" | "test">,
  protocol: SvmProtocolName,
  options: EvaluationImagesOptions,
): SvmImages {
  const view = svmProtocols[protocol].stretch ? stretchedView : evaluationView;
  const prepared = ({ images }: MultiLabelSet) => evaluationImages(images, { ...options, view });
  return { train, test, trainImages: prepared(train), testImages: prepared(test) };
}

/**
 * A frozen encoder's features of labelled images, or those of each of its layers, one after the other. Images
 * that cannot be decoded are left out.
 *
 * @throws {TsslError} NOT_FINITE where features are NaN or infinite.
 */
export async function* svmData(
  extractor: LayersExtractor,
  { train, test, trainImages, testImages }: SvmImages,
): AsyncGenerator<SvmData> {
  const ofTrain = featuresByLayer(extractor, trainImages, "labelled");
  const ofTest = featuresByLayer(extractor, testImages, "test");
  const classes = train.classes.length;
  const targetsOf = ({ targets }: MultiLabelSet, images: Int32Array) =>
    Int8Array.from({ length: images.length * classes }, (_, i) => {
      return targets[images[Math.floor(i / classes)]! * classes + (i % classes)]!;
    });
  for (const [i, { name }] of extractor.layers.entries()) {
    const features = { train: await ofTrain(i), test: await ofTest(i) };
    yield {
      ...features,
      ...(name === FEATURES ? {} : { layer: name }),
      trainTargets: targetsOf(train, features.train.images),
      testTargets: targetsOf(test, features.test.images),
      classes,
    };
  }
}

/**
 * Checks that each class has enough images to learn from, and that some class is in the test images.
 *
 * @throws {TsslError} INVALID_OPTION with all classes that have too few.
 */
export function requireEnough(
  { train, test }: Pick<SvmImages, "train" | "test">,
  protocol: SvmProtocolName,
  shots: number | null,
): void {
  const few: TooFewImages[] = [];
  const { classes, targets } = train;
  for (const [class_, name] of classes.entries()) {
    const present = rowsOf(targets, classes.length, class_, PRESENT).length;
    const absent = rowsOf(targets, classes.length, class_, ABSENT).length;
    const needed = neededOf(protocol, shots, classes.length);
    if (present < needed.present) few.push({ name, kind: "with", found: present, needed: needed.present });
    if (absent < needed.absent) few.push({ name, kind: "without", found: absent, needed: needed.absent });
  }
  const none = test.targets.every((target) => target !== PRESENT);
  if (few.length > 0 || none) throw tooFewForSvm(few, none);
}

function neededOf(
  protocol: SvmProtocolName,
  shots: number | null,
  classes: number,
): { readonly present: number; readonly absent: number } {
  if (shots === null) {
    const each = svmProtocols[protocol].costs.length === 1 ? 1 : FOLDS;
    return { present: each, absent: each };
  }
  return { present: shots, absent: protocol === "vissl" ? shots * (classes - 1) : 1 };
}
