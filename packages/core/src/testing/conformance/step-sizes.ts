import type * as tf from "@tensorflow/tfjs";

import type { StepResult } from "../../plugins/plugin.ts";
import { isMetric } from "../../training/step-description.ts";
import { failedAtSize, notScalar, scalarNotFinite } from "../messages/step-sizes.ts";
import { phaseStarts } from "../phase-steps.ts";
import { type Check, withName } from "./check.ts";
import { type RunSize, startRun } from "./subject.ts";

const isScalar = ({ rank, dtype }: tf.Tensor) => rank === 0 && dtype === "float32";

export const stepSizes: Check = {
  name: "stepSizes",
  async find({ plugin: { name }, prepare, batchSizes }) {
    const sizes: RunSize[] = [
      ...batchSizes.map((batchSize) => ({ batchSize })),
      { batchSize: 2 * batchSizes[0]!, accumulate: 2 },
    ];
    const problems: string[] = [];
    for (const size of sizes) {
      const onResult = (plugin: string, { terms, metrics = {} }: StepResult) => {
        if (plugin !== name) return;
        const scalars = [
          ...Object.entries(terms).map(([term, { loss }]) => ["term", term, loss] as const),
          ...Object.entries(metrics).map(
            ([metric, value]) => ["metric", metric, isMetric(value) ? value.value : value] as const,
          ),
        ];
        for (const [kind, scalar, value] of scalars) {
          if (!isScalar(value)) problems.push(notScalar(name, kind, scalar, value, size));
        }
      };
      const started = startRun(prepare(size, { onResult }), "eager");
      try {
        for (const step of phaseStarts(started.run, 2)) {
          for (const [scalar, value] of Object.entries(await started.takeStep(step))) {
            if (!Number.isFinite(value)) problems.push(scalarNotFinite(name, scalar, value, step, size));
          }
        }
      } catch (error) {
        // What has another shape fails in some op; without that, the failure is the finding.
        if (problems.length === 0) problems.push(failedAtSize(withName(error, name), size));
      } finally {
        await started.dispose();
      }
      if (problems.length > 0) break; // the other sizes would say the same again
    }
    return [...new Set(problems)];
  },
};
