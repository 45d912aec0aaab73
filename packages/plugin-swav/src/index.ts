export { options, type SwavOptions } from "./options.ts";
export { sinkhorn, type SinkhornInput } from "./sinkhorn.ts";
export { swav } from "./swav.ts";
export {
  swappedPrediction,
  type SwappedPredictionInput,
  type SwappedPredictionResult,
} from "./swapped-prediction.ts";
