/** Time between two reports of progress, in milliseconds. */
const PAUSE = 5000;

/**
 * Passes progress on at most every five seconds, and for the first time after as many.
 *
 * @param report is told how many are done, of how many.
 */
export function everyFewSeconds(
  report: (done: number, all: number) => void,
): (done: number, all: number) => void {
  let last = performance.now();
  return (done, all) => {
    const now = performance.now();
    if (now - last < PAUSE) return;
    last = now;
    report(done, all);
  };
}
