/** A number that changes over a run; `step` counts from 0 and stays below `totalSteps`. */
export type Schedule = (step: number, totalSteps: number) => number;

/**
 * The same value at every step.
 *
 * @example
 * ```ts
 * constant(0.1)(50, 100); // => 0.1
 * ```
 */
export const constant =
  (value: number): Schedule =>
  () =>
    value;

/**
 * Half a cosine from `from` to `to`, reached after the last step: `to + (from - to) (1 + cos(pi step /
 * totalSteps)) / 2`.
 *
 * As a learning rate: Loshchilov & Hutter 2017, https://arxiv.org/abs/1608.03983, eq. 5, without restarts. As
 * an EMA momentum (from 0.996 to 1): BYOL, https://arxiv.org/abs/2006.07733, section 3.2.
 *
 * @example
 * ```ts
 * cosine({ from: 1, to: 0 })(50, 100); // => 0.5
 * ```
 */
export const cosine =
  ({ from, to }: { readonly from: number; readonly to: number }): Schedule =>
  (step, totalSteps) =>
    to + ((from - to) * (1 + Math.cos((Math.PI * step) / totalSteps))) / 2;

/**
 * `value`, multiplied by `factor` at each of `milestones`.
 *
 * @param milestones shares of the run in 0 .. 1: MoCo v1's [0.6, 0.8] is epochs 120 and 160 of 200.
 *
 * @example
 * ```ts
 * const rate = steps({ value: 0.03, milestones: [0.6, 0.8], factor: 0.1 });
 * [0, 119, 120, 160].map((epoch) => rate(epoch, 200)); // => [0.03, 0.03, 0.003, 0.0003]
 * ```
 */
export const steps =
  ({
    value,
    milestones,
    factor,
  }: {
    readonly value: number;
    readonly milestones: readonly number[];
    readonly factor: number;
  }): Schedule =>
  (step, totalSteps) =>
    value * factor ** milestones.filter((at) => step >= Math.round(at * totalSteps)).length;

/**
 * Rises in a line over the first `warmupSteps` steps, then runs `after` over the rest, which counts its own
 * steps from 0.
 *
 * Without `from`, step s of the warm-up has `(s + 1) / warmupSteps` of the value that `after` starts with:
 * the first step is not at zero. With it, the first step has `from` and the last the value that `after`
 * starts with, as in SwAV's code (`numpy.linspace`); a warm-up of one step has `from`.
 *
 * @example
 * ```ts
 * warmup(3, constant(0.6), { from: 0.2 })(1, 100); // => 0.4
 * ```
 */
export const warmup =
  (warmupSteps: number, after: Schedule, { from }: { readonly from?: number } = {}): Schedule =>
  (step, totalSteps) => {
    const rest = totalSteps - warmupSteps;
    if (step >= warmupSteps) return after(step - warmupSteps, rest);
    const to = after(0, rest);
    if (from === undefined) return (to * (step + 1)) / warmupSteps;
    return from + ((to - from) * step) / Math.max(warmupSteps - 1, 1);
  };
