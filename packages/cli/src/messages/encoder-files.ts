// The sentences of errors WEIGHTS and USAGE on files that hold an encoder, and of a notice.

import { percent } from "@tssl/core/internal";
import { TsslError } from "@tssl/core/run";

import { UsageError } from "../errors.ts";

export const encoderFileUnknown = (file: string): TsslError =>
  new TsslError(
    "WEIGHTS",
    `${file} does not say which encoder it holds, and it is no ResNet of torchvision. Give a file that ` +
      "tssl export wrote, one of timm with its config.json beside it, or a run folder.",
    { data: { file } },
  );

/** @param name timm's of the model. */
export const timmModelUnknown = (file: string, name: string): TsslError =>
  new TsslError(
    "WEIGHTS",
    `${file} holds ${name} of timm, by the config.json beside it, which is no encoder of tssl. Those are ` +
      "resnet18, resnet34, resnet50, resnext50_32x4d, wide_resnet50_2, convnext_tiny, and ViTs as timm's " +
      "vit_tiny, vit_small, vit_base and deit without distillation.",
    { data: { file, architecture: name } },
  );

/** A notice. @param crop the share of a side. */
export const timmCropsOtherwise = (crop: number, interpolation: string): string =>
  `timm resizes images for this model by ${interpolation} interpolation and cuts out the middle ` +
  `${percent(crop)}; tssl resizes bilinearly and cuts out 87.5 %, so that features of a photo differ a ` +
  "little.";

export const checkpointOfFile = (file: string): UsageError =>
  new UsageError(`--checkpoint names one of a run, and ${file} is a file of weights.`, { file });

export const projectionsOfFile = (file: string): UsageError =>
  new UsageError(
    `--projections are those of a run's head, and ${file} holds an encoder alone. Name the run folder.`,
    { file },
  );
