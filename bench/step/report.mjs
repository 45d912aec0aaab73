// What measure-case.mjs measured, as rows of Markdown tables, as JSON and in words. Speeds are images per
// second.

import { median } from "./median.mjs";

export const row = (cells) => `| ${cells.join(" | ")} |`;
export const header = (titles) => `${row(titles)}\n${row(titles.map(() => "---"))}`;

/** The table of all cases: what compares the programs. */
export const comparisonTitles = (modes) => [
  "case",
  ...modes.map((mode) => `tssl ${mode}`),
  "best of PyTorch",
  "ratio",
  "tssl, peak MiB",
  "PyTorch, peak MiB",
];

export function comparisonCells(name, { batch, size, strongSize }, modes, results) {
  const { tssl, pytorch } = bestOfEach(results);
  const strong = strongSize === undefined ? "" : `, strong view ${strongSize} px`;
  const ratios = tssl.turns.map((speed, round) => speed / pytorch.turns[round]);
  return [
    `${name}: batch ${batch}, ${size} px${strong}, ${tssl.parameters} parameters`,
    ...speedCells("tssl", modes, results),
    `${medianAndRange(pytorch.turns)} ${pytorch.variant}`,
    `${ratioOf(results).toFixed(2)} (${range(ratios, (ratio) => ratio.toFixed(2))})`,
    peakCell(tssl),
    peakCell(pytorch),
  ];
}

/** A program's variants, median (range); "~" marks those that were only probed. */
export const speedCells = (program, variants, results) =>
  variants.map((variant) => {
    const result = results.find((each) => each.program === program && each.variant === variant);
    if (result?.turns !== undefined) return medianAndRange(result.turns);
    return result?.probe === undefined ? "–" : `~${medianAndRange(result.probe)}`;
  });

/** Of the faster variant of each program. */
export function summary(results) {
  const { tssl, pytorch } = bestOfEach(results);
  const rounded = (x, digits) => Number(x.toFixed(digits));
  return {
    images_per_s: rounded(median(tssl.turns), 2),
    pytorch_images_per_s: rounded(median(pytorch.turns), 2),
    ratio: rounded(ratioOf(results), 3),
    peak_mib: rounded(tssl.peaks.whole, 0),
    pytorch_peak_mib: rounded(pytorch.peaks.whole, 0),
    peak_mib_after_warm_up: rounded(tssl.peaks.afterWarmUp, 0),
    pytorch_peak_mib_after_warm_up: rounded(pytorch.peaks.afterWarmUp, 0),
    mode: tssl.variant,
    pytorch_variant: pytorch.variant,
    disturbance: rounded(disturbanceOf(results), 3),
  };
}

/**
 * What a reader of a case's row must know: which variants could not be measured, and whether other programs
 * disturbed it.
 */
export function caseNotes(name, results) {
  const disturbance = disturbanceOf(results);
  return [
    ...results
      .filter(({ unavailable }) => unavailable !== undefined)
      .map(({ program, variant, unavailable }) => `${name}: no ${program} ${variant}. ${unavailable}`),
    ...(disturbance > QUIET
      ? [
          `${name}: other programs took ${(100 * disturbance).toFixed(0)} % of the processors, which ` +
            "slows PyTorch most. Measure again.",
        ]
      : []),
  ];
}

/** The share of the processors that other programs may take before a row is in doubt. */
const QUIET = 0.05;

function disturbanceOf(results) {
  const shares = results.flatMap(({ disturbances = [] }) => disturbances);
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

export function bestOfEach(results) {
  const fastest = (program) =>
    results
      .filter((result) => result.program === program && result.turns !== undefined)
      .toSorted((a, b) => median(b.turns) - median(a.turns))[0];
  return { tssl: fastest("tssl"), pytorch: fastest("pytorch") };
}

function ratioOf(results) {
  const { tssl, pytorch } = bestOfEach(results);
  return median(tssl.turns) / median(pytorch.turns);
}

const peakCell = ({ peaks }) => `${peaks.whole.toFixed(0)} (${peaks.afterWarmUp.toFixed(0)})`;

const medianAndRange = (numbers) =>
  threeDigits(median(numbers)) + (numbers.length > 1 ? ` (${range(numbers, threeDigits)})` : "");

const range = (numbers, format) => [Math.min(...numbers), Math.max(...numbers)].map(format).join("–");

/** 412, 41.2, 4.12 */
const threeDigits = (x) => x.toFixed(Math.max(0, 2 - Math.floor(Math.log10(x))));
