// K-means, and what it says of labels: for methods that cluster images, and for programs.

// Rows to clusters.
export { type Clustering, kmeans, type KmeansOptions } from "./clustering/kmeans.ts";
export type { Points } from "./clustering/points.ts";
export { unitRows } from "./state/unit-rows.ts";

// The clusterings that a method makes before an epoch.
export { clusterInTurn, type ClusteringWork } from "./plugins/cluster-in-turn.ts";

// Clusters beside classes.
export { type ClusterAgreement, clusterAgreement } from "./clustering/cluster-agreement.ts";
