export { contextNetwork, type ContextNetwork, type ContextNetworkOptions } from "./context-network.ts";
export { cpc } from "./cpc.ts";
export type { CpcOptions } from "./options.ts";
export {
  patchPrediction,
  type PatchPredictionInput,
  type PatchPredictionResult,
} from "./patch-prediction.ts";
