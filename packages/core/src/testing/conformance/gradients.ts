import * as tf from "@tensorflow/tfjs";
import { holdingConstants } from "@tssl/engine/testing";

import type { PreparedRun } from "../../training/prepare-run.ts";
import {
  gradientAfterAll,
  gradientNotFinite,
  gradientNotStopped,
  gradientOfAnotherLoss,
  lossWithoutGradient,
  parametersWithoutGradient,
  stopAtNoView,
  termWithoutGradient,
} from "../messages/gradients.ts";
import type { Check } from "./check.ts";
import {
  forward,
  type ForwardPass,
  gradientsOf,
  type GradientValues,
  inEachPhase,
  isZero,
  type Results,
  totalOf,
  trainedParameters,
} from "./forward.ts";

/** The names of a plugin's terms; a forward pass tells. */
function termNames(run: PreparedRun, pass: ForwardPass, plugin: string): readonly string[] {
  let names: readonly string[] = [];
  forward(run, pass, (results) => {
    names = Object.keys(results.get(plugin)!.terms);
    return tf.scalar(0);
  }).dispose();
  return names;
}

const termOf = (plugin: string, term: string) => (results: Results) => results.get(plugin)!.terms[term]!.loss;

/**
 * Below this share of the whole gradient, a parameter's is rounding: that of a bias before batch norm, which
 * takes it out again.
 */
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

export const gradientReach: Check = {
  name: "gradientReach",
  async find(subject) {
    const { name } = subject.plugin;
    let encoder = "";
    const problems = new Set<string>();
    // What some phase has, and what gets a gradient in some phase.
    const [terms, taught] = [new Set<string>(), new Set<string>()];
    const [parameters, moved] = [new Set<string>(), new Set<string>()];

    await inEachPhase(subject, (run, pass) => {
      encoder = `${run.network.name}.encoder.`;
      const trained = trainedParameters(run, pass.phase);
      const named = termNames(run, pass, name);
      for (const term of named) {
        terms.add(`${name}/${term}`);
        const gradients = gradientsOf(run, pass, termOf(name, term), trained);
        if (Object.values(gradients).some((values) => values.some((x) => !Number.isFinite(x)))) {
          problems.add(gradientNotFinite(name, term));
        }
        const { moves } = lengthOf(gradients);
        const reached = Object.entries(gradients).some(
          ([to, values]) => to.startsWith(encoder) && moves(values),
        );
        if (reached) taught.add(`${name}/${term}`);
      }
      if (named.length === 0) return;
      for (const { name: to } of run.store.trained()) {
        if (to.startsWith(`${name}.`) || to.startsWith(encoder)) parameters.add(to);
      }
      const gradients = gradientsOf(run, pass, (results) => totalOf(results, name), trained);
      const { moves } = lengthOf(gradients);
      for (const [to, values] of Object.entries(gradients)) if (moves(values)) moved.add(to);
    });

    const without = [
      ...[...terms].filter((term) => !taught.has(term)),
      ...[...parameters].filter((to) => !moved.has(to)),
    ];
    const unexplained = without.filter((each) => !subject.withoutGradient.includes(each));
    const [dead, unmoved] = [
      unexplained.filter((each) => each.includes("/")),
      unexplained.filter((each) => !each.includes("/")),
    ];
    const untrue = subject.withoutGradient.filter((each) => !without.includes(each));
    return [
      ...problems,
      ...dead.map((term) => termWithoutGradient(name, term.slice(name.length + 1), encoder)),
      ...(unmoved.length === 0 || dead.length === terms.size
        ? []
        : [parametersWithoutGradient(name, unmoved)]),
      ...untrue.map((each) => gradientAfterAll(name, each)),
    ];
  },
};

export const stoppedGradients: Check = {
  name: "stoppedGradients",
  async find(subject) {
    const { name } = subject.plugin;
    const problems = await inEachPhase(subject, (run, pass) => {
      const images: Readonly<Record<string, tf.Tensor>> = { ...pass.part.views, ...pass.part.patches };
      const unknown = subject.stopGradients.filter((view) => !(view in images));
      const known = Object.fromEntries(
        Object.entries(images).filter(([view]) => subject.stopGradients.includes(view)),
      );
      return [
        ...unknown.map((view) => stopAtNoView(name, view, Object.keys(images))),
        ...termNames(run, pass, name).flatMap((term) => {
          const gradients =
            Object.keys(known).length === 0 ? {} : gradientsOf(run, pass, termOf(name, term), known);
          return Object.entries(gradients)
            .filter(([, gradient]) => !isZero(gradient))
            .map(([view]) => gradientNotStopped(name, term, view));
        }),
      ];
    });
    return [...new Set(problems.flat())];
  },
};

/**
 * Predicted change of the loss, relative to it: the largest are far above the rounding of float32, the
 * smallest small enough for a straight line where a loss curves much.
 */
const CHANGES = [3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5];
const TOLERANCE = 0.02;

export const lossGradient: Check = {
  name: "lossGradient",
  async find(subject) {
    const { name } = subject.plugin;
    return (await inEachPhase(subject, (run, pass) => lossGradientProblems(name, run, pass))).flat();
  },
};

function lossGradientProblems(name: string, run: PreparedRun, pass: ForwardPass): readonly string[] {
  if (termNames(run, pass, name).length === 0) return [];
  const parameters = trainedParameters(run, pass.phase);
  const total = (results: Results) => totalOf(results, name);
  const gradients = gradientsOf(run, pass, total, parameters);
  const { length } = lengthOf(gradients);
  if (length === 0) return [lossWithoutGradient(name)];

  const loss = holdingConstants(() => tf.tidy(() => forward(run, pass, total).dataSync()[0]!));
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
  for (const [to, values] of Object.entries(start)) parameters[to]!.assign(values);
  tf.dispose(start);
  loss.release();
  // A kink of relu near the start, a curve or rounding disturbs some of the distances, not all of them.
  const best = slopes.reduce((a, b) => (Math.abs(b - length) < Math.abs(a - length) ? b : a));
  return Math.abs(best - length) <= TOLERANCE * length
    ? []
    : [gradientOfAnotherLoss(name, { measured: best, stated: length })];
}
