import { notEvaluated, runChanged, runsElsewhere, runsMissing } from "../messages/doubts.ts";
import type { ComparedRun, Comparison } from "./comparison.ts";

/** What a reader must know to trust a comparison: runs that are missing, were changed, or ran elsewhere. */
export function doubtsOf({ variants }: Comparison): readonly string[] {
  const runs = variants.flatMap(({ name, runs: own }) => own.map((run) => ({ ...run, variant: name })));
  const missing = runs.filter(({ status }) => status !== "finished");
  const changed = runs.filter(({ changes = [] }) => changes.length > 0);
  const partly = runs.filter(({ status, reason }) => status === "finished" && reason !== undefined);
  const places = differingPlaces(runs);
  return [
    ...(missing.length === 0 ? [] : [runsMissing(missing, runs.length)]),
    ...partly.map(notEvaluated),
    ...changed.map((run) => runChanged(run, run.changes!)),
    ...(places.length === 0 ? [] : [runsElsewhere(places)]),
  ];
}

/** What of versions and machine differs between finished runs: "cores (2, 8)". */
function differingPlaces(runs: readonly ComparedRun[]): readonly string[] {
  const environments = runs.flatMap(({ environment }) => (environment === undefined ? [] : [environment]));
  const names = new Set(environments.flatMap((environment) => Object.keys(environment)));
  return [...names].flatMap((name) => {
    const values = new Set(environments.map((environment) => String(environment[name] ?? "unknown")));
    return values.size < 2 ? [] : [`${name} (${[...values].join(", ")})`];
  });
}
