export { labelLoss, type LabelLossInput, type LabelLossResult } from "./label-loss.ts";
export type { SupconOptions, SupervisedOptions } from "./options.ts";
export { supcon } from "./supcon.ts";
export {
  supervisedContrast,
  type SupervisedContrastInput,
  type SupervisedContrastResult,
} from "./supervised-contrast.ts";
export { supervised } from "./supervised.ts";
