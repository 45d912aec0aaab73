// How to read a comparison's results, and what its variants cost.

import { bytes, counted, duration, percent } from "@tssl/core/internal";

/** What a variant costs beside the baseline, in means of the runs; nothing below a difference of 10 %. */
export function costs(
  variant: string,
  baseline: string,
  {
    seconds,
    bytes: memory,
  }: Readonly<Record<"seconds" | "bytes", { readonly own: number; readonly reference: number } | undefined>>,
): readonly string[] {
  const changes = [
    ...(seconds === undefined ? [] : [{ ...seconds, what: "time", text: duration }]),
    ...(memory === undefined ? [] : [{ ...memory, what: "memory", text: bytes }]),
  ].filter(({ own, reference }) => Math.abs(own / reference - 1) >= 0.1);
  if (changes.length === 0) return [];
  const parts = changes.map(({ own, reference, what, text }) => {
    const change = `${percent(Math.abs(own / reference - 1), 0)} ${own > reference ? "more" : "less"}`;
    return `${change} ${what} (${text(own)} instead of ${text(reference)})`;
  });
  return [`A run of ${variant} takes ${parts.join(" and ")} than one of ${baseline}.`];
}

/**
 * How to read the plots of a comparison's results.
 *
 * @param coverage the share of cases in which an interval holds the true difference; absent without any.
 */
export function howToReadResults(baseline: string, seeds: number, coverage: number | undefined): string {
  const plots = `A dot is a run, a line the mean. Differences are taken from ${baseline}, seed by seed.`;
  if (seeds === 1) return `${plots} One seed does not show how much runs differ by luck.`;
  return coverage === undefined
    ? `${plots} Two seeds have no interval: the bootstrap of two differences is the two themselves, and ` +
        `holds the true difference in half of all cases.`
    : `${plots} The bar and the brackets are the 95 % interval of the mean difference: paired percentile ` +
        `bootstrap over the seeds, 10,000 resamples. With ${counted(seeds, "seed")} it is too narrow: it ` +
        `holds the true difference in about ${percent(coverage, 0)} of cases.`;
}
