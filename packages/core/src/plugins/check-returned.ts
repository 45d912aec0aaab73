import * as tf from "@tensorflow/tfjs";

import { notAnObjectWith, notAScalar, unknownKey } from "../messages/hooks.ts";
import type { LossTerm, Metric, PluginRun, StepResult } from "./plugin.ts";

/** The keys of an interface, each once. */
type Keys<T> = Readonly<Record<keyof Required<T>, true>>;

const RUN: Keys<PluginRun> = {
  network: true,
  step: true,
  afterStep: true,
  phase: true,
  beforeEpoch: true,
  representation: true,
};
const RESULT: Keys<StepResult> = { terms: true, metrics: true, publish: true, after: true };
const TERM: Keys<LossTerm> = { loss: true, weight: true, chance: true };
const METRIC: Keys<Metric> = { value: true, highest: true };

/**
 * Refuses what a plugin's `setup` returned by mistake; TypeScript finds most of it, and JavaScript nothing.
 *
 * @throws {TsslError} INVALID_PLUGIN
 */
export function checkRun(plugin: string, run: unknown): asserts run is PluginRun {
  checkKeys(plugin, "what setup returns", run, RUN);
  if (!("step" in run) || typeof run.step !== "function")
    throw notAnObjectWith(plugin, "what setup returns", "step(context) { … }", run);
}

/**
 * Refuses what a plugin's `step` returned by mistake: other keys, a loss or a metric that is no scalar.
 *
 * @throws {TsslError} INVALID_PLUGIN, naming the term or the metric.
 */
export function checkResult(plugin: string, result: unknown): asserts result is StepResult {
  checkKeys(plugin, "what step returns", result, RESULT);
  const { terms, metrics = {} } = result as Partial<StepResult>;
  if (!isObject(terms)) throw notAnObjectWith(plugin, "what step returns", "terms: { … }", result);
  for (const [name, term] of Object.entries(terms)) {
    checkKeys(plugin, `the term "${name}" of step`, term, TERM);
    checkScalar(plugin, `the loss of the term "${name}"`, term.loss);
  }
  for (const [name, metric] of Object.entries(metrics)) {
    const isTensor = metric instanceof tf.Tensor;
    if (!isTensor) checkKeys(plugin, `the metric "${name}" of step`, metric, METRIC);
    checkScalar(plugin, `the metric "${name}"`, isTensor ? metric : metric.value);
  }
}

function checkKeys(plugin: string, what: string, value: unknown, keys: object): asserts value is object {
  const known = Object.keys(keys);
  if (!isObject(value)) throw notAnObjectWith(plugin, what, known.join(", "), value);
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) throw unknownKey(plugin, what, key, known);
  }
}

function checkScalar(plugin: string, what: string, value: unknown): void {
  if (!(value instanceof tf.Tensor)) throw notAScalar(plugin, what, value);
  if (value.rank !== 0) throw notAScalar(plugin, what, value.shape);
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !(value instanceof tf.Tensor);
