export {
  type AssignedClusters,
  clusterPrediction,
  type ClusterPredictionInput,
  type ClusterPredictionResult,
} from "./cluster-prediction.ts";
export { deepclusterV2 } from "./deepcluster.ts";
export type { DeepclusterOptions } from "./options.ts";
