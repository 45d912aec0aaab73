// Doubts about a comparison: runs that are missing, or are not as planned.

import { counted } from "@tssl/core/internal";

import { listedBriefly } from "./listed-briefly.ts";

/** One run of a comparison, as sentences name it. */
export interface NamedRun {
  readonly variant: string;
  readonly seed: number;
  readonly status: string;
  readonly reason?: string;
}

/** @param missing the runs that have not finished. Those of a variant with one reason are named together. */
export function runsMissing(missing: readonly NamedRun[], planned: number): string {
  const groups = new Map<string, { readonly first: NamedRun; readonly seeds: number[] }>();
  for (const run of missing) {
    const key = JSON.stringify([run.variant, run.status, run.reason]);
    const group = groups.get(key) ?? { first: run, seeds: [] };
    group.seeds.push(run.seed);
    groups.set(key, group);
  }
  const named = [...groups.values()].map(({ first: { variant, status, reason }, seeds }) => {
    const which = `${seeds.length === 1 ? "seed" : "seeds"} ${listedBriefly(seeds.map(String))}`;
    const why = reason === undefined ? "" : `: ${reason.replace(/\.$/, "")}`;
    return `${variant}, ${which}: ${status}${why}`;
  });
  const more = named.length > 5 ? `; and ${named.length - 5} more` : "";
  return (
    `${missing.length} of ${counted(planned, "run")} did not finish ` +
    `(${named.slice(0, 5).join("; ")}${more}). All numbers are of the others, and differences of the seeds ` +
    `that both variants have finished.`
  );
}

export const notEvaluated = ({ variant, seed, reason }: NamedRun): string =>
  `${variant}, seed ${seed} has finished, but a measurement is missing: ` +
  `${(reason ?? "").replace(/\.$/, "")}.`;

/** @param changes of options and images, as "epochs was 4, is 5". */
export const runChanged = ({ variant, seed }: NamedRun, changes: readonly string[]): string =>
  `${variant}, seed ${seed} is not what the comparison planned: when it was resumed, ${changes.join("; ")}.`;

/** @param places what differs, as "cores (2, 8)". */
export const runsElsewhere = (places: readonly string[]): string =>
  `Not all runs had the same machine and versions, so times and memory do not compare: ${places.join(", ")}.`;
