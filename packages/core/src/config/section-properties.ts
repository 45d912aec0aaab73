import { nullable } from "./nullable.ts";

/** Properties of the section `encoder` besides those of the chosen encoder. */
export const encoderProperties = {
  weights: {
    type: "string",
    nullable: true,
    default: null,
    minLength: 1,
    description:
      "A safetensors file or ONNX model that the encoder starts from, in every network of the method: by " +
      "names of torchvision, timm, DINO, MoCo, SimCLR ports, solo-learn, lightly or detectron2, or an " +
      "export of tssl. Heads start afresh.",
  },
  freezeEpochs: {
    type: "integer",
    minimum: 0,
    default: 0,
    description:
      "Epochs at the start in which an encoder that starts from weights does not move, so that its fresh " +
      "heads do not spoil it. Its batch norms see the images, and go on collecting statistics.",
  },
} as const;

/** Properties of the section `optimizer` besides those of the chosen optimizer. */
export const learningProperties = {
  lr: {
    type: "number",
    exclusiveMinimum: 0,
    description: "Learning rate after the warm-up. It is never scaled by the batch size.",
  },
  schedule: {
    type: "string",
    enum: ["cosine", "constant", "steps"],
    default: "cosine",
    description:
      "Schedule of the rate over the steps: cosine to finalLr (arXiv:1608.03983), constant, or steps at " +
      "milestones.",
  },
  finalLr: {
    type: "number",
    minimum: 0,
    default: 0,
    description: "With cosine: learning rate at the end of the run (SwAV: a thousandth of lr).",
  },
  warmupEpochs: {
    type: "number",
    minimum: 0,
    maximum: 1_000_000,
    default: 0,
    description: "Epochs of linear warm-up at the start.",
  },
  warmupFrom: {
    ...nullable({ type: "number", minimum: 0 }),
    description:
      "Learning rate of the first step of the warm-up (SwAV: 0.3); null: lr divided by the steps of the " +
      "warm-up.",
  },
  milestones: {
    type: "array",
    items: { type: "number", minimum: 0, maximum: 1 },
    maxItems: 1000,
    default: [0.6, 0.8],
    description:
      "For schedule steps: shares of the whole run, warm-up included, after which the rate is multiplied " +
      "by factor (MoCo v1: epochs 120 and 160 of 200).",
  },
  factor: {
    type: "number",
    exclusiveMinimum: 0,
    maximum: 1,
    default: 0.1,
    description: "For schedule steps: factor of the rate at each milestone (MoCo v1).",
  },
  clipNorm: {
    ...nullable({ type: "number", exclusiveMinimum: 0 }),
    description:
      "Largest norm of the gradient of all parameters together; longer ones are scaled down. Null: no limit.",
  },
};
