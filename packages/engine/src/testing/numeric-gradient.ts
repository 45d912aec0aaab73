/**
 * The gradient of `f` by central differences, `(f(x + h) - f(x - h)) / 2h` for each element.
 *
 * @param step h: 1e-6 where `f` counts in float64, about 1e-2 where it goes through float32.
 */
export function numericGradient(
  f: (x: Float64Array) => number,
  at: ArrayLike<number>,
  step: number,
): Float64Array {
  const x = Float64Array.from(at);
  return x.map((value, i) => {
    const moved = (delta: number) => f(x.with(i, value + delta));
    return (moved(step) - moved(-step)) / (2 * step);
  });
}
