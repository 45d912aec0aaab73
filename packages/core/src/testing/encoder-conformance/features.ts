import type { ViewSize } from "@tssl/augment-zoo";

import { withName } from "../conformance/check.ts";
import { featuresMisshapen, featuresNotFinite, type Pass, passFailed } from "../encoder-messages.ts";
import type { EncoderRule } from "./encoder-check.ts";
import {
  build,
  type BuiltEncoder,
  type EncoderSubject,
  featuresOf,
  imagesOf,
  inference,
  training,
} from "./subject.ts";

/** Numbers of channels that an encoder for any number is built for, besides 3. */
const OTHER_CHANNELS = [1, 4];

export const features: EncoderRule = {
  name: "features",
  find(subject) {
    const { encoder, imageSize, viewSizes, batchSizes } = subject;
    const sizes = [imageSize, ...viewSizes];
    const problems = passesThrough(subject, 3, sizes, batchSizes);
    if (problems.length > 0 || encoder.anyChannels !== true) return problems;
    return OTHER_CHANNELS.flatMap((channels) =>
      passesThrough(subject, channels, [imageSize], batchSizes.slice(0, 1)),
    );
  },
};

/** @returns the first problem, if there is one: the other passes would say the same again. */
function passesThrough(
  subject: EncoderSubject,
  channels: number,
  sizes: readonly ViewSize[],
  batchSizes: readonly number[],
): readonly string[] {
  const built = build(subject, { channels });
  try {
    for (const size of sizes) {
      for (const count of batchSizes) {
        for (const mode of ["training", "inference"] as const) {
          const problem = problemOf(subject, built, { count, size, channels, mode });
          if (problem !== undefined) return [problem];
        }
      }
    }
    return [];
  } finally {
    built.store.dispose();
  }
}

function problemOf(subject: EncoderSubject, built: BuiltEncoder, pass: Pass): string | undefined {
  const { name } = subject.encoder;
  const { featureDim } = built.encoder;
  const images = imagesOf("images", pass);
  try {
    const got = featuresOf(built, images, pass.mode === "training" ? training : inference);
    if (got.dtype !== "float32" || got.shape.join() !== [pass.count, featureDim].join()) {
      return featuresMisshapen(name, featureDim, pass, got);
    }
    return got.values.every(Number.isFinite) ? undefined : featuresNotFinite(name, pass);
  } catch (error) {
    return passFailed(withName(error, name), pass, optionAbout(subject, pass));
  }
}

/** The test's option that a pass which fails may be due to. */
function optionAbout({ imageSize, batchSizes }: EncoderSubject, { size, count }: Pass) {
  if (size !== imageSize) return "viewSizes";
  return count === batchSizes[0] ? undefined : "batchSizes";
}
