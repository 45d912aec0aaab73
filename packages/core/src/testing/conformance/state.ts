import * as tf from "@tensorflow/tfjs";
import { watchAssignments, watchTensors, type LivingTensor } from "@tssl/engine/testing";

import { phaseStarts } from "../phase-steps.ts";
import { type Check, listed } from "./check.ts";
import { noteKeptState } from "./kept-state.ts";
import type { Moment, Observer } from "./observe-plugin.ts";
import { startRun, type Subject } from "./subject.ts";

/** Steps of each phase. */
const STEPS = 3;

/** Where a step is, and which: what a tensor was made in. */
interface Origin extends Partial<Moment> {
  readonly step: number;
}

/**
 * Takes some steps, and tells which tensors that plugins made were there after each of them, and at the very
 * end.
 */
async function lives(subject: Subject) {
  let origin: Origin = { step: -1 };
  const observer: Observer = {
    around(moment, call) {
      const outer = origin;
      const restore = () => (origin = outer);
      origin = { ...outer, ...moment };
      let waiting = false;
      try {
        const result = call();
        if (result instanceof Promise) {
          waiting = true;
          result.then(restore, restore);
        }
        return result;
      } finally {
        if (!waiting) restore();
      }
    },
  };
  const watch = watchTensors(() => origin);
  try {
    const started = startRun(subject.prepare({}, observer), "eager");
    const { run } = started;
    const known = new Set<tf.Tensor>(run.store.entries().map(({ variable }) => variable));
    const made = () =>
      watch.living().filter(({ tensor, label }) => label.plugin !== undefined && !known.has(tensor));
    const after: (readonly LivingTensor<Origin>[])[] = [];
    for (const step of phaseStarts(run, STEPS)) {
      origin = { step };
      await started.takeStep(step);
      after.push(made());
    }
    await started.dispose();
    return { after, end: made() };
  } finally {
    watch.stop();
  }
}

/** "step makes …" once for every hook of every plugin, with the shapes of what it made. */
function perHook(
  tensors: readonly LivingTensor<Origin>[],
  sentence: (hook: string, shapes: string) => string,
): string[] {
  const shapes = new Map<string, Set<string>>();
  for (const { tensor, label } of tensors) {
    const hook = `[${label.plugin}] ${label.hook}`;
    if (!shapes.has(hook)) shapes.set(hook, new Set());
    shapes.get(hook)!.add(`[${tensor.shape.join(", ")}] ${tensor.dtype}`);
  }
  return [...shapes].map(([hook, found]) => sentence(hook, [...found].join("; ")));
}

const isVariable = ({ tensor }: LivingTensor<Origin>) => tensor instanceof tf.Variable;

export const stateThroughBuild: Check = {
  name: "makes all its state through build",
  async find(subject) {
    const { after, end } = await lives(subject);
    const all = new Map([...after.flat(), ...end].map((each) => [each.tensor, each]));
    // Made in one step and gone after another: something is carried along past the run.
    const carried = after[0]!.filter(
      (each) => !isVariable(each) && each.label.step >= 0 && !end.includes(each),
    );
    return [
      ...perHook(
        [...all.values()].filter(isVariable),
        (hook, shapes) =>
          `${hook} makes a variable (${shapes}) that the run does not know: no checkpoint would hold it. Make it with build.variable, in setup.`,
      ),
      ...perHook(
        carried,
        (hook, shapes) =>
          `${hook} carries a tensor (${shapes}) into the next step past the run: no checkpoint would hold it. Make it with build.variable, in setup.`,
      ),
    ];
  },
};

export const leaks: Check = {
  name: "leaves no tensor behind, in a step or after dispose",
  async find(subject) {
    const { end } = await lives(subject);
    const left = end.filter((each) => !isVariable(each));
    return [
      ...perHook(
        left.filter(({ label }) => label.step >= 0),
        (hook, shapes) =>
          `${hook} leaves a tensor (${shapes}) behind. What \`after\` reads goes through \`keep\` of the context, not tf.keep; what lives longer is state, made with build.`,
      ),
      ...perHook(
        left.filter(({ label }) => label.step < 0),
        (hook, shapes) =>
          `${hook} leaves a tensor (${shapes}) that dispose does not free. \`build\` copies first values: dispose yours; make constants inside step.`,
      ),
    ];
  },
};

export const writes: Check = {
  name: "writes no state in step",
  async find({ plugin: { name }, prepare }) {
    const written = new Set<tf.Variable>();
    const kept = noteKeptState();
    const observer: Observer = {
      build: kept.build,
      around: ({ plugin, hook }, call) =>
        plugin === name && hook === "step"
          ? watchAssignments((variable) => written.add(variable), call)
          : call(),
    };
    const started = startRun(prepare({}, observer), "eager");
    const { run } = started;
    for (const step of phaseStarts(run)) await started.takeStep(step);
    const names = run.store
      .entries()
      // Running statistics, the buffers of networks, move in the forward pass, as in PyTorch.
      .filter((entry) => entry.role !== "buffer" || kept.holds(entry.name))
      .flatMap((entry) => (written.has(entry.variable) ? [entry.name] : []));
    await started.dispose();
    return names.length === 0
      ? []
      : [
          `[${name}] step writes the state ${listed(names)}: plugins that run later in the step would see it, those before would not. Write it in \`after\` or \`afterStep\`.`,
        ];
  },
};
