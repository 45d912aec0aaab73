import { invalidOption, type TsslError } from "@tssl/core";

/**
 * Every refusal of the plugin. `plugin` is its name, "moco" or "moco-v1", which the path of an option
 * contains.
 */

export const unevenGroups = (plugin: string, imagesPerPass: number, batchNormGroups: number): TsslError =>
  invalidOption(
    `plugins.${plugin}.batchNormGroups`,
    `a divisor of ${imagesPerPass}, the images of one forward pass (batchSize / accumulate)`,
    batchNormGroups,
  );

export const nothingToShuffle = (plugin: string): TsslError =>
  invalidOption(
    `plugins.${plugin}.shuffleBatchNorm`,
    "false if batchNormGroups is 1, because shuffling has no effect then",
    true,
    "Set batchNormGroups to 8, as on MoCo's 8 GPUs.",
  );
