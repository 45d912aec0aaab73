import * as tf from "@tensorflow/tfjs";

import { noSuchView, notPublished } from "../messages/hooks.ts";
import { checkResult } from "../plugins/check-returned.ts";
import { checkedRecord } from "../plugins/checked-record.ts";
import { inHook } from "../plugins/in-hook.ts";
import { inputReader } from "../plugins/inputs.ts";
import type { StepContext, StepResult } from "../plugins/plugin.ts";
import type { Publication } from "../plugins/publication.ts";
import type { Company, Keep, StepPart } from "./step-machine.ts";

/** What one plugin's `step` gave back. */
export interface PluginResult {
  readonly plugin: string;
  readonly result: StepResult;
}

/** Calls every plugin's `step` in running order. The caller frees the tensors. */
export function runPlugins(
  { plugins, replicas, phases }: Company,
  { views, patches, indices, labels, inputs }: StepPart,
  keep: Keep,
): readonly PluginResult[] {
  const missing = (kind: "views" | "patches", record: object) => (name: string) =>
    noSuchView(kind, name, Object.keys(record));
  const checked = {
    views: checkedRecord(views, missing("views", views)),
    patches: checkedRecord(patches, missing("patches", patches)),
  };
  const published = new Map<string, unknown>();
  const find = <T>({ name }: Publication<T>) => published.get(name) as T | undefined;
  const use = <T>(publication: Publication<T>): T => {
    if (!published.has(publication.name)) throw notPublished(publication.name);
    return published.get(publication.name) as T;
  };
  return plugins.map(({ name, run, readsLabels }) => {
    const context: StepContext = {
      ...inputReader(inputs),
      ...checked,
      indices,
      ...(readsLabels && labels !== undefined ? { labels } : {}),
      replicas,
      phase: phases[name] ?? "",
      use,
      find,
      keep,
    };
    const result: unknown = inHook(name, "step", () => run.step(context));
    checkResult(name, result);
    for (const { publication, value } of result.publish ?? []) published.set(publication.name, value);
    return { plugin: name, result };
  });
}

/** Runs the `after` of every plugin. */
export function runAfter(results: readonly PluginResult[]): void {
  for (const { plugin, result } of results) inHook(plugin, "after", () => result.after?.());
}

/** Runs the `afterStep` of every plugin. @param inputs as the step's first part has them. */
export function runAfterStep({ plugins }: Company, inputs: StepPart["inputs"]): void {
  const reader = inputReader(inputs);
  for (const { name, run } of plugins) inHook(name, "afterStep", () => run.afterStep?.(reader));
}

/** Each weighted loss term of some results, by "<plugin>/<term>". */
export const weightedTerms = (results: readonly PluginResult[]): readonly (readonly [string, tf.Scalar])[] =>
  results.flatMap(({ plugin, result }) =>
    Object.entries(result.terms).map(
      ([name, { loss, weight }]) =>
        [`${plugin}/${name}`, weight === undefined ? loss : tf.mul<tf.Scalar>(loss, weight)] as const,
    ),
  );
