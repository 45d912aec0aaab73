import { builtIn } from "../../packages/cli/src/registry.ts";
import { parseConfig } from "../../packages/core/src/config/parse-config.ts";
import { replicasOf } from "../../packages/core/src/state/replicas.ts";
import { type PreparedRun, prepareRun, runFacts } from "../../packages/core/src/training/prepare-run.ts";

/** A run of named plugins, ready for its first step: batches of 16 images of 32 pixels, 160 images in all. */
export function composedRun(sections: Readonly<Record<string, unknown>>, replicas = 1): PreparedRun {
  const raw = { epochs: 4, imageSize: 32, batchSize: 16, data: { train: "." }, ...sections };
  const config = parseConfig(raw, builtIn, "test");
  const facts = runFacts(config, 160, { replicas });
  return prepareRun(config, facts, { replicas: replicasOf(facts) });
}
