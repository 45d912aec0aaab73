import type { OptionsSchema } from "@tssl/core";
import { type MultiCropOptions, multiCropSchema } from "@tssl/core/contrast";

export interface SwavOptions extends MultiCropOptions {
  readonly dim: number;
  readonly hidden: number;
  readonly prototypes: number;
  readonly temperature: number;
  readonly epsilon: number;
  readonly sinkhornIterations: number;
  readonly freezePrototypesEpochs: number;
  readonly queueSize: number;
  readonly queueFromEpoch: number;
}

/**
 * Defaults: Caron et al. 2020, https://arxiv.org/abs/2006.09882, and the authors' code; ImageNet, batches of
 * 4096.
 */
export const options: OptionsSchema<SwavOptions> = {
  type: "object",
  additionalProperties: false,
  required: [
    "dim",
    "hidden",
    "prototypes",
    "temperature",
    "epsilon",
    "sinkhornIterations",
    "freezePrototypesEpochs",
    "queueSize",
    "queueFromEpoch",
    ...multiCropSchema.required,
  ],
  properties: {
    dim: {
      type: "integer",
      minimum: 1,
      maximum: 65536,
      default: 128,
      description: "Length of an embedding (paper).",
    },
    hidden: {
      type: "integer",
      minimum: 1,
      maximum: 65536,
      default: 2048,
      description: "Width of the head's hidden layer, with batch norm and relu (authors' code).",
    },
    prototypes: {
      type: "integer",
      minimum: 2,
      maximum: 2 ** 20,
      default: 3000,
      description: "Number of prototypes (paper; about ten for each class suffice on small data).",
    },
    temperature: {
      type: "number",
      exclusiveMinimum: 0,
      default: 0.1,
      description: "Temperature of the predictions (paper).",
    },
    epsilon: {
      type: "number",
      exclusiveMinimum: 0,
      default: 0.05,
      description:
        "Smoothing of the codes (paper); 0.03 where the loss stays at log of the prototypes (authors' " +
        "README).",
    },
    sinkhornIterations: {
      type: "integer",
      minimum: 1,
      maximum: 1000,
      default: 3,
      description: "Rounds of the Sinkhorn-Knopp algorithm that makes the codes (paper).",
    },
    freezePrototypesEpochs: {
      type: "number",
      minimum: 0,
      default: 1,
      description:
        "Epochs at the start in which prototypes are not trained (authors' code: 313 or 5005 steps, an " +
        "epoch).",
    },
    queueSize: {
      type: "integer",
      minimum: 0,
      maximum: 2 ** 24,
      default: 0,
      description:
        "Earlier embeddings of each large crop that codes are made beside; 0: none (authors' code: " +
        "3840 with batches of 256).",
    },
    queueFromEpoch: {
      type: "integer",
      minimum: 0,
      maximum: 1_000_000,
      default: 15,
      description:
        "Epochs, counted from 0, before the queue starts to fill; it is used once full (authors' code).",
    },
    ...multiCropSchema.properties,
  },
};
