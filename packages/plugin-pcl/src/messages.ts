import { invalidOption, type TsslError } from "@tssl/core";

/**
 * Every refusal of the plugin. `plugin` is its name, "pcl" or "pcl-v1", which the path of an option contains.
 */

export const moreClustersThanImages = (
  plugin: string,
  images: number,
  clusters: readonly number[],
): TsslError =>
  invalidOption(
    `plugins.${plugin}.clusters`,
    `at most ${images} each, the images of the training set`,
    clusters,
    "The authors suggest 100 to 1000 on CIFAR-10.",
  );

/** @param most the smallest number of clusters, less the images of one forward pass. */
export const tooManyNegatives = (plugin: string, most: number, negatives: number): TsslError =>
  invalidOption(
    `plugins.${plugin}.negatives`,
    most < 1
      ? "null where clusters has a number that is not above the images of one forward pass"
      : `null or at most ${most}, the smallest number of clusters less the images of one forward pass`,
    negatives,
  );
