/**
 * Python's `round(x)` to a whole number: halves go to the even neighbour. torchvision rounds sizes and
 * offsets with it.
 */
export function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}
