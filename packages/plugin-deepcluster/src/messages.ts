import { invalidOption, type TsslError } from "@tssl/core";

export const morePrototypesThanImages = (images: number, prototypes: readonly number[]): TsslError =>
  invalidOption(
    "plugins.deepcluster-v2.prototypes",
    `at most ${images} each, the images of the training set`,
    prototypes,
  );
