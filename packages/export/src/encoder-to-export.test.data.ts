import { randomStream, sizeOfView, type ViewSize } from "@tssl/augment-zoo";
import { makeEncoderOf, parseSettings, type Weights } from "@tssl/core/internal";
import {
  type AnyEncoder,
  convnextTiny,
  resnet18,
  resnet20,
  resnet34,
  resnet50,
  vitTiny,
} from "@tssl/core/run";
import * as tf from "@tensorflow/tfjs";

import type { ProofImages } from "./artefact.ts";
import { architectureOfEncoder, type EncoderToExport } from "./encoder-to-export.ts";

const encoders = {
  "convnext-tiny": convnextTiny,
  resnet18,
  resnet20,
  resnet34,
  resnet50,
  "vit-tiny": vitTiny,
} satisfies Readonly<Record<string, AnyEncoder>>;

/** Encoders that tests export by their names. */
export type ExportedEncoder = keyof typeof encoders;

/** Images of random bytes. */
export function proofImages(count: number, size: ViewSize): ProofImages {
  const random = randomStream(7, "proof images");
  const { width, height } = sizeOfView(size);
  const values = Uint8Array.from({ length: count * width * height * 3 }, () => random.integer(256));
  return { values, count, shape: [height, width, 3] };
}

/** A ResNet whose batch norms have seen something: no value of theirs is that of a fresh layer. */
export function encoderToExport(
  use: ExportedEncoder | AnyEncoder,
  options: object,
  imageSize: ViewSize,
): EncoderToExport {
  const definition: AnyEncoder = typeof use === "string" ? encoders[use] : use;
  const data = { train: ".", mean: [0.5, 0.4, 0.3], deviation: [0.2, 0.25, 0.3] };
  const settings = parseSettings({ epochs: 1, batchSize: 2, imageSize, data }, "test");
  const make = (weights?: Weights) =>
    makeEncoderOf(
      { settings, encoder: { definition, options } },
      { prefix: "moco.online.encoder.", drawnAs: "network.encoder.", ...(weights && { weights }) },
    );
  const made = make();
  for (const { name, variable } of made.store.entries()) {
    if (variable.rank !== 1) continue;
    const random = randomStream(5, name);
    const [from, to] = /running_mean|bias$/.test(name) ? ([-0.2, 0.2] as const) : ([0.5, 1.2] as const);
    tf.tidy(() =>
      variable.assign(tf.tensor1d(Array.from({ length: variable.size }, () => random.between(from, to)))),
    );
  }
  return {
    made,
    use: definition.name,
    options,
    architecture: architectureOfEncoder(made),
    representedBy: undefined,
    withWeights: (weights) => Promise.resolve(make(weights)),
    steps: 12,
    metadata: { "tssl.run": "test" },
  };
}
