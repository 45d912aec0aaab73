import type { Gradients } from "../optimizers/optimizer.ts";

/** Where a step is; the plugin whose part it is, if it is one's. */
export interface StepPhase {
  readonly plugin?: string;
  readonly hook: "images" | "step" | "metrics" | "optimizer" | "after";
}

/** Watches a step that runs eagerly. What it is given is borrowed. */
export interface StepWatch {
  onPhase?(phase: StepPhase): void;
  /** The gradient of the loss by parameter, before it is clipped. */
  onGradients?(gradients: Gradients): void;
}
