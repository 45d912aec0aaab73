import * as tf from "@tensorflow/tfjs";
import { holdingConstants } from "@tssl/engine/testing";

import type { PreparedRun } from "../../training/prepare-run.ts";
import type { StepPart } from "../../training/step-machine.ts";
import { type Check, listed } from "./check.ts";
import {
  forward,
  gradientsOf,
  type GradientValues,
  isZero,
  type Results,
  stepPartOf,
  totalOf,
  trainedParameters,
} from "./forward.ts";
import { hostParts, type Subject } from "./subject.ts";

/** A run and one part of real images, for the time of `use`. */
export async function withPart<T>(
  { prepare }: Subject,
  use: (run: PreparedRun, part: StepPart) => T,
): Promise<T> {
  const run = prepare();
  const part = stepPartOf((await hostParts(run, 0))[0]!);
  try {
    return use(run, part);
  } finally {
    tf.dispose([{ ...part.views }, { ...part.patches }, part.indices, { ...part.inputs }]);
    run.dispose();
  }
}

/** The names of a plugin's terms; a forward pass tells. */
function termNames(run: PreparedRun, part: StepPart, plugin: string): readonly string[] {
  let names: readonly string[] = [];
  forward(run, part, (results) => {
    names = Object.keys(results.get(plugin)!.terms);
    return tf.scalar(0);
  }).dispose();
  return names;
}

const termOf = (plugin: string, term: string) => (results: Results) => results.get(plugin)!.terms[term]!.loss;

/** Below this share of the whole gradient, a parameter's is rounding: that of a bias before batch norm, which takes it out again. */
const ROUNDING = 1e-5;

/** The length of gradients, taken as one vector, and which of them are more than rounding in it. */
function lengthOf(gradients: GradientValues) {
  const norm = (values: ArrayLike<number>) => {
    let squares = 0;
    for (let i = 0; i < values.length; i++) squares += values[i]! ** 2;
    return Math.sqrt(squares);
  };
  const length = norm(Object.values(gradients).map(norm));
  return {
    length,
    moves: (values: Float32Array | undefined) => values !== undefined && norm(values) > ROUNDING * length,
  };
}

export const reach: Check = {
  name: "sends a gradient of each term to the encoder, and of all of them to every parameter",
  find: (subject) =>
    withPart(subject, (run, part) => {
      const { name } = subject.plugin;
      const encoder = `${run.network.name}.encoder.`;
      const parameters = trainedParameters(run);
      const terms = termNames(run, part, name);
      const problems: string[] = [];
      const without = new Set<string>();

      for (const term of terms) {
        const gradients = gradientsOf(run, part, termOf(name, term), parameters);
        if (Object.values(gradients).some((values) => values.some((x) => !Number.isFinite(x)))) {
          problems.push(`[${name}] The gradient of the term "${term}" is not finite.`);
        }
        const { moves } = lengthOf(gradients);
        const reached = Object.entries(gradients).some(
          ([to, values]) => to.startsWith(encoder) && moves(values),
        );
        if (!reached) without.add(`${name}/${term}`);
      }
      if (terms.length > 0) {
        const gradients = gradientsOf(run, part, (results) => totalOf(results, name), parameters);
        const { moves } = lengthOf(gradients);
        for (const to of Object.keys(parameters)) {
          const own = to.startsWith(`${name}.`) || to.startsWith(encoder);
          if (own && !moves(gradients[to])) without.add(to);
        }
      }

      const unexplained = [...without].filter((each) => !subject.withoutGradient.includes(each));
      const [dead, unmoved] = [
        unexplained.filter((each) => each.includes("/")),
        unexplained.filter((each) => !each.includes("/")),
      ];
      const untrue = subject.withoutGradient.filter((each) => !without.has(each));
      return [
        ...problems,
        ...dead.map(
          (term) =>
            `[${name}] The term "${term.slice(name.length + 1)}" sends no gradient to the encoder (${encoder}*): nothing is learned from it. If it is so by design, name "${term}" in withoutGradient.`,
        ),
        ...(unmoved.length === 0 || dead.length === terms.length
          ? []
          : [
              `[${name}] No gradient reaches the trained parameter ${listed(unmoved)}. If it is so by design, name it in withoutGradient.`,
            ]),
        ...untrue.map(
          (each) =>
            `[${name}] withoutGradient names "${each}", which is no term or parameter of the run, or gets a gradient.`,
        ),
      ];
    }),
};

export const stops: Check = {
  name: "sends no gradient through the views of stopGradients",
  find: (subject) =>
    withPart(subject, (run, part) => {
      const { name } = subject.plugin;
      const images: Readonly<Record<string, tf.Tensor>> = { ...part.views, ...part.patches };
      const unknown = subject.stopGradients.filter((view) => !(view in images));
      const known = Object.fromEntries(
        Object.entries(images).filter(([view]) => subject.stopGradients.includes(view)),
      );
      return [
        ...unknown.map(
          (view) =>
            `[${name}] stopGradients names the view "${view}", which the run does not have (${listed(Object.keys(images))}).`,
        ),
        ...termNames(run, part, name).flatMap((term) => {
          const gradients =
            Object.keys(known).length === 0 ? {} : gradientsOf(run, part, termOf(name, term), known);
          return Object.entries(gradients)
            .filter(([, gradient]) => !isZero(gradient))
            .map(
              ([view]) =>
                `[${name}] The term "${term}" sends a gradient through the view "${view}", where stopGradients says that none flows. Embed it with a network of build.emaOf, or inside withoutGradient.`,
            );
        }),
      ];
    }),
};

/** Predicted change of the loss, relative to it: large enough for float32, small enough for a straight line. */
const CHANGES = [3e-3, 1e-3, 3e-4];
const TOLERANCE = 0.02;

export const slope: Check = {
  name: "has the gradient of its loss: the loss changes along it as it says",
  find: (subject) =>
    withPart(subject, (run, part) => {
      const { name } = subject.plugin;
      if (termNames(run, part, name).length === 0) return [];
      const parameters = trainedParameters(run);
      const total = (results: Results) => totalOf(results, name);
      const gradients = gradientsOf(run, part, total, parameters);
      const { length } = lengthOf(gradients);
      if (length === 0) return [`[${name}] The loss has no gradient, so no step along it.`];

      const loss = holdingConstants(() => tf.tidy(() => forward(run, part, total).dataSync()[0]!));
      const start = tf.tidy(() =>
        Object.fromEntries(Object.keys(gradients).map((to) => [to, tf.keep(parameters[to]!.clone())])),
      );
      /** The loss this far along the gradient, everything that was cut off from it held where it was. */
      const lossAt = (distance: number): number => {
        tf.tidy(() => {
          for (const [to, values] of Object.entries(gradients)) {
            const direction = tf.tensor(values, parameters[to]!.shape);
            parameters[to]!.assign(tf.add(start[to]!, tf.mul(direction, distance / length)));
          }
        });
        return loss.f();
      };
      const scale = Math.max(1, Math.abs(lossAt(0)));
      const slopes = CHANGES.map((change) => {
        const distance = (change * scale) / length;
        return (lossAt(distance) - lossAt(-distance)) / (2 * distance);
      });
      tf.dispose(start);
      loss.release();
      // A kink of relu near the start disturbs one distance, not all of them.
      const best = slopes.reduce((a, b) => (Math.abs(b - length) < Math.abs(a - length) ? b : a));
      return Math.abs(best - length) <= TOLERANCE * length
        ? []
        : [
            `[${name}] The gradient is not that of the loss: along it the loss rises by ${best.toPrecision(4)} per unit of length, and the gradient says ${length.toPrecision(4)}.`,
          ];
    }),
};
