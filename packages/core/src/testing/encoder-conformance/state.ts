import { type LivingTensor, watchAssignments, watchTensors } from "@tssl/engine/testing";
import * as tf from "@tensorflow/tfjs";

import type { StateStore } from "../../state/store.ts";
import {
  imagesFreed,
  tensorLeftByBuild,
  tensorLeftByForward,
  trainedValueWritten,
  valueBesideScope,
} from "../encoder-messages.ts";
import type { EncoderRule } from "./encoder-check.ts";
import {
  build,
  type EncoderSubject,
  featuresOf,
  imagesOf,
  inference,
  training,
  withEncoder,
} from "./subject.ts";

const COUNT = 2;

/** The names of the values in the store that are assigned while `run` runs. */
export function writtenIn({ entries }: StateStore, run: () => unknown): readonly string[] {
  const written = new Set<tf.Variable>();
  watchAssignments((variable) => written.add(variable), run);
  return entries().flatMap(({ name, variable }) => (written.has(variable) ? [name] : []));
}

type Maker = "build" | "forward";

/** What an encoder has made and not freed once it has passed images through, besides values of the store. */
function livingTensors(subject: EncoderSubject) {
  let maker: Maker = "build";
  const watch = watchTensors(() => maker);
  try {
    const built = build(subject);
    const { values, shape } = imagesOf("images", { count: COUNT, size: subject.imageSize });
    maker = "forward";
    const images = tf.tensor4d(values, shape);
    for (const mode of [training, inference]) {
      if (!images.isDisposed) tf.tidy(() => void built.encoder.forward(images, mode));
    }
    const freed = images.isDisposed;
    images.dispose();
    built.store.dispose();
    return { living: [...watch.living()], freed };
  } finally {
    watch.stop();
  }
}

const isVariable = ({ tensor }: LivingTensor<Maker>) => tensor instanceof tf.Variable;

export const stateThroughScope: EncoderRule = {
  name: "stateThroughScope",
  find: (subject) =>
    withEncoder(subject, (built) => {
      const { name } = subject.encoder;
      const beside = livingTensors(subject)
        .living.filter(isVariable)
        .map(({ tensor }) => tensor);
      const images = imagesOf("images", { count: COUNT, size: subject.imageSize });
      const written = writtenIn(built.store, () => featuresOf(built, images, training)).filter(
        (each) => built.store.get(each).trained,
      );
      return [
        ...(beside.length === 0 ? [] : [valueBesideScope(name, beside)]),
        ...(written.length === 0 ? [] : [trainedValueWritten(name, written)]),
      ];
    }),
};

export const tensorLeaks: EncoderRule = {
  name: "tensorLeaks",
  find(subject) {
    const { name } = subject.encoder;
    const { living, freed } = livingTensors(subject);
    if (freed) return [imagesFreed(name)];
    const leftBy = (maker: Maker) =>
      living.filter((each) => !isVariable(each) && each.label === maker).map(({ tensor }) => tensor);
    const [byBuild, byForward] = [leftBy("build"), leftBy("forward")];
    return [
      ...(byBuild.length === 0 ? [] : [tensorLeftByBuild(name, byBuild)]),
      ...(byForward.length === 0 ? [] : [tensorLeftByForward(name, byForward)]),
    ];
  },
};
