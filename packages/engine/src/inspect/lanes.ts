/**
 * Assigns ops to lanes without overlaps: each op gets the first lane that is free at its start. TensorFlow
 * does not report the thread of an op; the lanes show the same picture.
 *
 * @returns a function that must be called in the order of starts, and returns a lane from 0.
 */
export function laneAssigner(): (start: number, length: number) => number {
  const freeFrom: number[] = [];
  return (start, length) => {
    const free = freeFrom.findIndex((end) => end <= start);
    const lane = free === -1 ? freeFrom.length : free;
    freeFrom[lane] = start + length;
    return lane;
  };
}
