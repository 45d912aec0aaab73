import { relativeError } from "@tssl/engine/testing";

import { featuresVary, groupsNotApart, imageNotAlone, valuesMovedByInference } from "../encoder-messages.ts";
import { same } from "../conformance/differences.ts";
import type { EncoderRule } from "./encoder-check.ts";
import {
  featuresOf,
  imagesFrom,
  imagesOf,
  inference,
  moveFromStart,
  training,
  withEncoder,
} from "./subject.ts";
import { writtenIn } from "./state.ts";

const COUNT = 4;
/** Relative to the length of the features: a smaller batch may be computed in another order. */
const TOLERANCE = 1e-4;

export const eachImageAlone: EncoderRule = {
  name: "eachImageAlone",
  find: (subject) =>
    withEncoder(subject, (built) => {
      const { name } = subject.encoder;
      const images = imagesOf("images", { count: COUNT, size: subject.imageSize });
      moveFromStart(built);
      featuresOf(built, images, training); // the running statistics are no longer those of the start
      const all = featuresOf(built, images, inference).values;
      const written = writtenIn(built.store, () => featuresOf(built, images, inference));
      if (written.length > 0) return [valuesMovedByInference(name, written)];
      if (!same(all, featuresOf(built, images, inference).values)) return [featuresVary(name)];
      const dim = all.length / COUNT;
      for (let i = 0; i < COUNT; i++) {
        const alone = featuresOf(built, imagesFrom(images, { first: i, count: 1 }), inference).values;
        const error = relativeError(alone, all.subarray(i * dim, (i + 1) * dim));
        if (error > TOLERANCE) return [imageNotAlone(name, i, error)];
      }
      return [];
    }),
};

const GROUPS = 2;

export const batchNormGroups: EncoderRule = {
  name: "batchNormGroups",
  find: (subject) =>
    withEncoder(subject, (built) => {
      moveFromStart(built);
      const images = imagesOf("images", { count: COUNT, size: subject.imageSize });
      const size = COUNT / GROUPS;
      const apart = Array.from({ length: GROUPS }, (_, group) =>
        Array.from(
          featuresOf(built, imagesFrom(images, { first: group * size, count: size }), training).values,
        ),
      );
      const together = featuresOf(built, images, { training: true, batchNormGroups: GROUPS }).values;
      const error = relativeError(together, apart.flat());
      return error <= TOLERANCE ? [] : [groupsNotApart(subject.encoder.name, GROUPS, error)];
    }),
};
