import * as tf from "@tensorflow/tfjs";
import { watchAssignments, watchTensors, type LivingTensor } from "@tssl/engine/testing";

import { phaseStarts } from "../phase-steps.ts";
import {
  stateWrittenInStep,
  tensorCarriedOver,
  tensorLeftAtEnd,
  tensorLeftByStep,
  variableBesideState,
} from "../messages/state.ts";
import type { Check } from "./check.ts";
import { noteKeptState } from "./kept-state.ts";
import type { Hook, Moment, Observer } from "./observe-plugin.ts";
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
async function livingTensors(subject: Subject) {
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

/** One sentence for every hook of every plugin, about the tensors that it made. */
function perHook(
  tensors: readonly LivingTensor<Origin>[],
  sentence: (plugin: string, hook: Hook, made: readonly tf.Tensor[]) => string,
): string[] {
  const byHook = new Map<string, { readonly at: Moment; readonly made: tf.Tensor[] }>();
  for (const { tensor, label } of tensors) {
    const { plugin, hook } = label as Moment;
    const key = `${plugin} ${hook}`;
    if (!byHook.has(key)) byHook.set(key, { at: { plugin, hook }, made: [] });
    byHook.get(key)!.made.push(tensor);
  }
  return [...byHook.values()].map(({ at: { plugin, hook }, made }) => sentence(plugin, hook, made));
}

const isVariable = ({ tensor }: LivingTensor<Origin>) => tensor instanceof tf.Variable;

export const stateThroughBuild: Check = {
  name: "stateThroughBuild",
  async find(subject) {
    const { after, end } = await livingTensors(subject);
    const all = new Map([...after.flat(), ...end].map((each) => [each.tensor, each]));
    // Made in one step and gone after another: something is carried along past the run.
    const carried = after[0]!.filter(
      (each) => !isVariable(each) && each.label.step >= 0 && !end.includes(each),
    );
    return [
      ...perHook([...all.values()].filter(isVariable), variableBesideState),
      ...perHook(carried, tensorCarriedOver),
    ];
  },
};

export const tensorLeaks: Check = {
  name: "tensorLeaks",
  async find(subject) {
    const { end } = await livingTensors(subject);
    const left = end.filter((each) => !isVariable(each));
    return [
      ...perHook(
        left.filter(({ label }) => label.step >= 0),
        tensorLeftByStep,
      ),
      ...perHook(
        left.filter(({ label }) => label.step < 0),
        tensorLeftAtEnd,
      ),
    ];
  },
};

export const stateWrites: Check = {
  name: "stateWrites",
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
    return names.length === 0 ? [] : [stateWrittenInStep(name, names)];
  },
};
