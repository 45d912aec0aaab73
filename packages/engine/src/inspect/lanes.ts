/**
 * Puts ops on lanes so that none overlap on one: each on the first lane that is free when it starts. TensorFlow does not say which
 * thread ran an op; with as many lanes as there are threads, this is the same picture.
 *
 * @returns a function that must see the ops in order of their starts; lanes count from 0.
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
