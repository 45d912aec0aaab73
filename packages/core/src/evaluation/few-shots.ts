import { type Random, randomStream } from "@tssl/augment-zoo";

import { ABSENT, PRESENT } from "../data/multi-label-set.ts";
import type { SvmProtocolName } from "./svm-protocol.ts";

/** Samples that a low-shot result is the mean of, in both protocols. */
export const SHOT_SAMPLES = 5;

export interface ShotOptions {
  readonly protocol: SvmProtocolName;
  /** Positive images of each class, k. */
  readonly shots: number;
  /** Which of the samples, from 0. */
  readonly sample: number;
  readonly seed: number;
}

/**
 * Draws the few images that a low-shot machine is trained on: for each class the rows of its training images.
 *
 * - pcl: k positive images of every class. All classes are trained on all of these images, with all their
 *   labels. One that was drawn for two classes counts twice.
 * - vissl: for each class k positive images and k (classes - 1) on which it is absent; the others, and those
 *   on which it is difficult, are left out.
 *
 * The samples differ from the authors', whose code draws them by Python's generator.
 *
 * @param targets `[images, classes]`, as `MultiLabelSet` has them.
 */
export function drawShots(
  targets: Int8Array,
  classes: number,
  { protocol, shots, sample, seed }: ShotOptions,
): readonly Int32Array[] {
  const random = (kind: string, class_: number) => randomStream(seed, "shots", kind, sample, shots, class_);
  const positive = Array.from({ length: classes }, (_, class_) =>
    draw(rowsOf(targets, classes, class_, PRESENT), shots, random("positive", class_)),
  );
  if (protocol === "pcl") {
    const together = Int32Array.from(positive.flat());
    return positive.map(() => together);
  }
  return positive.map((rows, class_) => {
    const absent = rowsOf(targets, classes, class_, ABSENT);
    return Int32Array.from([...rows, ...draw(absent, shots * (classes - 1), random("absent", class_))]);
  });
}

/** The images on which a class is present, difficult or absent. */
export function rowsOf(targets: Int8Array, classes: number, class_: number, target: number): number[] {
  const rows: number[] = [];
  for (let row = 0; row * classes < targets.length; row++) {
    if (targets[row * classes + class_] === target) rows.push(row);
  }
  return rows;
}

const draw = (rows: readonly number[], count: number, random: Random): readonly number[] =>
  Array.from(random.permutation(rows.length).subarray(0, count), (place) => rows[place]!);
