import { decodeSafetensors, encodeSafetensors } from "../../files/safetensors.ts";
import { restoreSnapshot, takeSnapshot } from "../../run/snapshot.ts";
import { same } from "../conformance/differences.ts";
import { restoredFeaturesDiffer } from "../encoder-messages.ts";
import type { EncoderRule } from "./encoder-check.ts";
import {
  build,
  featuresOf,
  imagesOf,
  inference,
  moveFromStart,
  SEED,
  training,
  withEncoder,
} from "./subject.ts";

export const savedValues: EncoderRule = {
  name: "savedValues",
  find: (subject) =>
    withEncoder(subject, (built) => {
      const images = imagesOf("images", { count: 4, size: subject.imageSize });
      moveFromStart(built);
      featuresOf(built, images, training); // the running statistics are no longer those of the start
      const file = encodeSafetensors(
        takeSnapshot(
          built.store.entries().map(({ name, variable }) => {
            const { shape } = variable;
            return [name, { shape, values: variable.dataSync<"float32">().slice() }] as const;
          }),
        ),
      );
      const restored = build(subject, { seed: SEED + 1 });
      try {
        restoreSnapshot(decodeSafetensors(file, "checkpoint"), restored.store, { source: "checkpoint" });
        const differs = (mode: typeof training) =>
          !same(featuresOf(built, images, mode).values, featuresOf(restored, images, mode).values);
        if (differs(inference)) return [restoredFeaturesDiffer(subject.encoder.name, "inference")];
        return differs(training) ? [restoredFeaturesDiffer(subject.encoder.name, "training")] : [];
      } finally {
        restored.store.dispose();
      }
    }),
};
