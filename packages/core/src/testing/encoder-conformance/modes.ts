import { createProgram, type EngineMode } from "@tssl/engine";
import { relativeError } from "@tssl/engine/testing";
import type * as tf from "@tensorflow/tfjs";

import { encoderModesDiffer } from "../encoder-messages.ts";
import { modes } from "../modes.ts";
import type { EncoderRule } from "./encoder-check.ts";
import { lengthOf, ROUNDING } from "./gradients.ts";
import { trainingPass } from "./training-pass.ts";
import { type EncoderSubject, imagesOf, inference, moveFromStart, withEncoder } from "./subject.ts";

const COUNT = 2;
const PASSES = 3;
/** Relative to the length of what is compared. */
const TOLERANCE = 1e-3;
/** Rounding moves single features of a deep network over the kink of a relu, and their gradients jump. */
const GRADIENT_TOLERANCE = 0.1;

type Values = Readonly<Record<string, Float32Array>>;

/**
 * What some passes give in one mode, each in training with its gradients and then in inference, and the state
 * after it. A compiled mode records the passes once.
 */
const passesIn = (subject: EncoderSubject, mode: EngineMode): Promise<readonly Values[]> =>
  withEncoder(subject, async (built) => {
    const { encoder, store } = built;
    moveFromStart(built);
    const program = createProgram({ state: store.variables(), mode });
    try {
      const step = program.compile("pass", ({ x }) => {
        const images = x as tf.Tensor4D;
        const { features, gradients } = trainingPass(built, images);
        return {
          "features in mode training": features,
          "features in mode inference": encoder.forward(images, inference),
          ...Object.fromEntries(
            Object.entries(gradients).map(([name, gradient]) => [gradientName(name), gradient]),
          ),
        };
      });
      const passes: Values[] = [];
      for (let pass = 0; pass < PASSES; pass++) {
        const results = await step.run({
          x: imagesOf(`pass ${pass}`, { count: COUNT, size: subject.imageSize }),
        });
        passes.push({
          ...numbersOf(Object.entries(results), (name) => name),
          ...numbersOf(program.state, stateName),
        });
      }
      return passes;
    } finally {
      await program.dispose();
    }
  });

const gradientName = (value: string): string => `gradient of "${value}"`;
const isGradient = (what: string): boolean => what.startsWith("gradient of ");
const stateName = (value: string): string => `value "${value}"`;

const numbersOf = (
  named: Iterable<readonly [string, { readonly values: ArrayLike<number> }]>,
  nameOf: (name: string) => string,
): Values =>
  Object.fromEntries(Array.from(named, ([name, { values }]) => [nameOf(name), Float32Array.from(values)]));

export const recording: EncoderRule = {
  name: "recording",
  async find(subject) {
    await passesIn(subject, "graph");
    return [];
  },
};

export const graphAgrees: EncoderRule = {
  name: "graphAgrees",
  find: (subject) => differenceIn(subject, ["graph"]),
};

export const xlaAgrees: EncoderRule = {
  name: "xlaAgrees",
  find: (subject) =>
    differenceIn(
      subject,
      modes.filter((mode) => mode !== "eager" && mode !== "graph"),
    ),
};

/** The first difference between passes in these modes and those that are taken eagerly. */
async function differenceIn(
  subject: EncoderSubject,
  compiled: readonly EngineMode[],
): Promise<readonly string[]> {
  const want = await passesIn(subject, "eager");
  for (const mode of compiled) {
    const got = await passesIn(subject, mode);
    for (const [pass, values] of want.entries()) {
      const least = ROUNDING * gradientLength(values);
      for (const [what, wanted] of Object.entries(values)) {
        const error = relativeError(got[pass]![what]!, wanted, least);
        if (error > (isGradient(what) ? GRADIENT_TOLERANCE : TOLERANCE)) {
          return [encoderModesDiffer(subject.encoder.name, mode, { what, pass, error })];
        }
      }
    }
  }
  return [];
}

const gradientLength = (values: Values): number =>
  lengthOf(
    Object.entries(values).flatMap(([name, gradient]) => (isGradient(name) ? [lengthOf(gradient)] : [])),
  );
