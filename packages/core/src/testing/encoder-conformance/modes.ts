import { createProgram, type EngineMode } from "@tssl/engine";
import { fill, relativeError } from "@tssl/engine/testing";
import type * as tf from "@tensorflow/tfjs";

import type { Encoder } from "../../networks/encoder.ts";
import { encoderModesDiffer } from "../encoder-messages.ts";
import { modes } from "../modes.ts";
import type { EncoderRule } from "./encoder-check.ts";
import { lengthOf, ROUNDING } from "./gradients.ts";
import { mapsOf } from "./stages.ts";
import { trainingPass } from "./training-pass.ts";
import {
  type EncoderSubject,
  type Images,
  imagesOf,
  inference,
  moveFromStart,
  withEncoder,
} from "./subject.ts";

const COUNT = 2;
const PASSES = 4;
/** Relative to the length of what is compared. */
const TOLERANCE = 1e-3;
/** What images are moved by, as a share of each number: some roundings of float32. */
const NUDGE = 1e-6;
/** Modes round in other places than images are moved in, so gradients may jump so many times as far. */
const JUMPS = 3;

type Values = Readonly<Record<string, Float32Array>>;

/**
 * What some passes give in one mode, each in training with its gradients and then in inference, and the state
 * after it. A compiled mode records the passes once.
 *
 * @param nudge the share by which the images' numbers are moved.
 */
const passesIn = (subject: EncoderSubject, mode: EngineMode, nudge = 0): Promise<readonly Values[]> =>
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
          ...mapsByName(encoder, images),
          ...Object.fromEntries(
            Object.entries(gradients).map(([name, gradient]) => [gradientName(name), gradient]),
          ),
        };
      });
      const passes: Values[] = [];
      for (let pass = 0; pass < PASSES; pass++) {
        const images = imagesOf(`pass ${pass}`, { count: COUNT, size: subject.imageSize });
        const results = await step.run({ x: moved(images, nudge) });
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

const moved = ({ values, shape }: Images, share: number): Images => {
  const directions = fill("nudge", values.length, share);
  return { values: values.map((value, i) => value * (1 + directions[i]!)), shape };
};

const mapsByName = ({ stages = [] }: Encoder, images: tf.Tensor4D): Readonly<Record<string, tf.Tensor>> => {
  const maps = mapsOf(stages, images, inference);
  return Object.fromEntries(
    stages.map(({ name }, i) => [`map of the stage "${name}" in mode inference`, maps[i]!]),
  );
};

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

/** How far something is from what it is eagerly. */
interface Difference {
  readonly what: string;
  readonly pass: number;
  readonly error: number;
}

const differences = (got: readonly Values[], want: readonly Values[]): readonly Difference[] =>
  want.flatMap((values, pass) => {
    const least = ROUNDING * gradientLength(values);
    return Object.entries(values).map(([what, wanted]) => {
      return { what, pass, error: relativeError(got[pass]![what]!, wanted, least) };
    });
  });

/** The first difference between passes in these modes and those that are taken eagerly. */
async function differenceIn(
  subject: EncoderSubject,
  compiled: readonly EngineMode[],
): Promise<readonly string[]> {
  const want = await passesIn(subject, "eager");
  for (const mode of compiled) {
    const all = differences(await passesIn(subject, mode), want);
    const far = all.filter((each) => each.error > TOLERANCE && !isOfOnePass(each, all));
    const found = far.find(({ what }) => !isGradient(what)) ?? (await beyondKinks(subject, far, want));
    if (found !== undefined) return [encoderModesDiffer(subject.encoder.name, mode, found)];
  }
  return [];
}

/**
 * Rounding moves a single feature over the kink of a relu where it is very near, and what is behind gets
 * another gradient. With other images it is not there: one pass in ten or so of a ResNet-20 has such a
 * feature. What JavaScript remembers is there in every pass but the first, and a wrong gradient in all.
 */
const isOfOnePass = ({ what }: Difference, all: readonly Difference[]): boolean =>
  isGradient(what) && all.some((each) => each.what === what && each.pass > 0 && each.error <= TOLERANCE);

/**
 * A deep network has features at kinks in every pass. Passes whose images are moved by as much as rounding
 * tell how far its gradients jump: those of a ResNet-50 by 1 to 5 %, in batches of two.
 *
 * @param far gradients that differ in every pass.
 */
async function beyondKinks(
  subject: EncoderSubject,
  far: readonly Difference[],
  want: readonly Values[],
): Promise<Difference | undefined> {
  if (far.length === 0) return undefined;
  const moved = differences(await passesIn(subject, "eager", NUDGE), want);
  const jumps = moved.filter(({ what }) => isGradient(what)).map(({ error }) => error);
  return far.find(({ error }) => error > JUMPS * Math.max(...jumps));
}

const gradientLength = (values: Values): number =>
  lengthOf(
    Object.entries(values).flatMap(([name, gradient]) => (isGradient(name) ? [lengthOf(gradient)] : [])),
  );
