import type * as tf from "@tensorflow/tfjs";

import type { StepMachine, StepPart } from "./step-machine.ts";

/** The images of a part, as they came or as plugins see them. */
type StepImages = Pick<StepPart, "views" | "patches">;

/** Batches of images by name as a step has them: those of rank 4 are views, those of rank 5 patches. */
export function stepImages(batches: Readonly<Record<string, tf.Tensor>>): StepImages {
  const ofRank = (rank: number) => Object.entries(batches).filter(([, images]) => images.rank === rank);
  return {
    views: Object.fromEntries(ofRank(4)) as StepImages["views"],
    patches: Object.fromEntries(ofRank(5)) as StepImages["patches"],
  };
}

/** Images as the plugins see them. */
export const prepareImages = (
  { prepare }: Pick<StepMachine, "prepare">,
  { views, patches }: StepImages,
): StepImages => ({
  views: Object.fromEntries(Object.entries(views).map(([name, images]) => [name, prepare(images)])),
  patches: Object.fromEntries(Object.entries(patches).map(([name, images]) => [name, prepare(images)])),
});
