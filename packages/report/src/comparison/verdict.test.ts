import { describe, expect, it } from "vitest";

import { compareVariants, type ComparedRun, type ComparedVariant } from "./comparison.ts";
import { verdictOf } from "./verdict.ts";

const variant = (
  name: string,
  knn: readonly (number | undefined)[],
  more: Partial<ComparedVariant> = {},
  measured: Readonly<Record<string, number>> = {},
): ComparedVariant => ({
  name,
  runs: knn.map((accuracy, seed): ComparedRun => {
    const run = { seed, folder: `${name}/seed-${seed}` };
    return accuracy === undefined
      ? { ...run, status: "failed", reason: "full disk", measured: {} }
      : { ...run, status: "finished", measured: { knn: accuracy, ...measured } };
  }),
  ...more,
});
const verdict = (variants: readonly ComparedVariant[], baseline?: string) =>
  verdictOf(compareVariants([0, 1, 2, 3, 4].slice(0, variants[0]!.runs.length), variants, baseline));

const base = [0.3, 0.31, 0.29, 0.32, 0.28];
const moco = variant("moco", base, {}, { seconds: 60, peakMemoryBytes: 2 ** 30 });
const plus = (difference: number, wobble = 0.001) =>
  base.map((value, i) => value + difference + wobble * [1, -1, 2, -2, 0][i]!);

describe("verdictOf", () => {
  it("says by how much one of two is better, how sure that is, and what it costs", () => {
    const clsa = variant("clsa", plus(0.02), {}, { seconds: 84, peakMemoryBytes: 2 ** 30 });
    const { certainty, headline, details } = verdict([moco, clsa]);
    expect(certainty).toBe("clear");
    expect(headline).toBe(
      "clsa is better than moco: its kNN accuracy is 2.0 points higher (95 % interval +1.9 to +2.1).",
    );
    expect(details).toEqual([
      "The interval excludes zero, and a paired t-test confirms it (p < 0.001). " +
        "With 5 seeds such an interval holds the true difference in about 84 % of cases.",
      "A run of clsa takes 40 % more time (1 min 24 s instead of 1 min) than one of moco.",
    ]);
  });

  it("calls nothing better within noise, or with two seeds", () => {
    const noise = verdict([moco, variant("clsa", plus(0.002, 0.01))]);
    expect(noise.certainty).toBe("within noise");
    expect(noise.headline).toMatch(
      /^clsa and moco do not differ clearly: the kNN accuracy is 0\.2 points higher /,
    );
    const two = verdict([variant("moco", base.slice(0, 2)), variant("clsa", plus(0.02).slice(0, 2))]);
    expect(two).toEqual({
      certainty: "too few seeds",
      headline:
        "clsa is ahead of moco: its kNN accuracy is 2.0 points higher. " +
        "With 2 seeds, whether that is more than luck cannot be said.",
      details: [],
    });
    const same = verdict([moco, variant("clsa", base)]);
    expect(same.headline).toBe("moco and clsa have the same kNN accuracy, 30.0 %.");
  });

  const sweep = (temperature: number, knn: readonly (number | undefined)[]) =>
    variant(`temperature=${temperature}`, knn, { varied: [{ option: "temperature", value: temperature }] });

  it("names the best value of a sweep, what it brings over the baseline, and an end of the range", () => {
    const { headline, details } = verdict([
      sweep(0.1, base),
      sweep(0.2, plus(0.02)),
      sweep(0.5, plus(0.05, 0.002)),
    ]);
    expect(headline).toMatch(
      /^temperature=0\.5 is best: its kNN accuracy is 35\.0 %, 3\.0 points ahead of temperature=0\.2 \(95 %/,
    );
    expect(details[0]).toContain("corrected for 2 comparisons");
    expect(details.slice(1)).toEqual([
      "temperature=0.5 minus the baseline, temperature=0.1: +5.0 points (95 % interval +4.8 to +5.2).",
      "0.5 is the largest temperature that was tried: a larger one may be better.",
    ]);
  });

  it("says which values of a sweep are within noise of the best", () => {
    const { certainty, headline, details } = verdict(
      [sweep(0.1, base), sweep(0.2, plus(0.05)), sweep(0.5, plus(0.049, 0.01)), sweep(1, plus(-0.1, 0.003))],
      "temperature=0.2",
    );
    expect(certainty).toBe("within noise");
    expect(headline).toBe(
      "No variant is clearly best: temperature=0.2 has the highest kNN accuracy, 35.0 %, " +
        "and temperature=0.5 is within noise of it.",
    );
    expect(details[0]).toMatch(
      /^The interval of its lead over temperature=0\.5 \(0\.1 points, −.* holds zero/,
    );
    expect(details).toHaveLength(1);
  });

  it("judges by the linear probe where there is one, and tells of kNN too", () => {
    const linear = (name: string, knn: readonly number[], gain: number) => ({
      name,
      runs: knn.map((accuracy, seed): ComparedRun => ({
        seed,
        folder: "",
        status: "finished",
        measured: { knn: accuracy, linear: base[seed]! + gain + [0.001, 0, 0.002, 0, 0][seed]! * gain },
      })),
    });
    const { headline, details } = verdict([linear("a", base, 0), linear("b", plus(-0.03), 0.1)]);
    expect(headline).toMatch(/^b is better than a: its linear accuracy is 10\.0 points higher/);
    expect(details.at(-1)).toMatch(/^By kNN accuracy, a is 3\.0 points ahead of b \(95 % interval .*\)\.$/);
  });

  it("has no outcome without finished runs, accuracies or common seeds", () => {
    const none = base.map(() => undefined);
    expect(verdict([variant("a", none), variant("b", none)]).headline).toMatch(/^No run has finished/);
    expect(verdict([moco, variant("b", none)]).headline).toMatch(/^Only moco has finished runs/);
    expect(verdict([variant("a", [0.1, undefined]), variant("b", [undefined, 0.2])]).headline).toMatch(
      /^There is no seed that all variants have finished/,
    );
    const unlabelled = ({ name, runs }: ComparedVariant) => ({
      name,
      runs: runs.map((run) => ({ ...run, measured: { loss: 1 } })),
    });
    expect(verdict([moco, { ...moco, name: "b" }].map(unlabelled))).toMatchObject({
      certainty: "open",
      headline: "No accuracy was measured in two variants, so no number here says which one is better.",
    });
  });

  it("tells of runs that are missing, were changed, or ran elsewhere", () => {
    const runs = moco.runs.map((run, seed) => ({
      ...run,
      environment: { cores: seed === 1 ? 8 : 2, tssl: "0.1.0" },
      ...(seed === 2 ? { changes: ["epochs was 4, is 5"] } : {}),
      ...(seed === 3 ? { reason: "tssl evaluate ended with exit code 1" } : {}),
    }));
    const { details } = verdict([
      { name: "moco", runs },
      variant("clsa", [...plus(0.02).slice(0, 4), undefined]),
    ]);
    expect(details.slice(1)).toEqual([
      "1 of 10 runs did not finish (clsa, seed 4: failed: full disk). " +
        "All numbers are of the others, and differences of the seeds that both variants have finished.",
      "moco, seed 3 has finished, but a measurement is missing: tssl evaluate ended with exit code 1.",
      "moco, seed 2 is not what the comparison planned: when it was resumed, epochs was 4, is 5.",
      "Not all runs had the same machine and versions, so times and memory do not compare: cores (2, 8).",
    ]);
  });
});
