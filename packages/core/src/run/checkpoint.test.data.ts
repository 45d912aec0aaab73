import { newProgress } from "./run-history.ts";
import type { CheckpointFacts } from "./checkpoint.ts";

/** What a checkpoint of some run says. */
export const aCheckpoint = (change: Partial<CheckpointFacts> = {}): CheckpointFacts => ({
  step: 3,
  epoch: 1.5,
  network: "moco.online",
  metrics: { loss: 0.25 },
  metricsRows: 4,
  history: newProgress(new Date(0), "tssl train config.yaml").history,
  config: { seed: 0 },
  images: { train: "digest" },
  versions: { tssl: "0.0.0", plugins: { moco: 1 } },
  environment: {
    TensorFlow: "2.21.0",
    device: "cpu",
    deviceName: "a processor",
    threads: 2,
    mode: "graph",
    precision: "float32",
  },
  savedAt: "2026-01-01T00:00:00.000Z",
  ...change,
});
