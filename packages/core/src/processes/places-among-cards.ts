/** A process, and the GPUs that it sees. */
export interface Sight {
  readonly machine: string;
  readonly cards: readonly string[];
}

/**
 * Numbers each process among those that see the same GPUs of the same machine, in their order. So those that
 * see all GPUs take different ones, and those that a launcher shows some alone, as SLURM does with
 * --gpus-per-task, each begin with the first of theirs.
 *
 * @example
 * ```ts
 * const sees = (machine: string, ...cards: string[]) => ({ machine, cards });
 * placesAmongCards([sees("a", "0", "1"), sees("a", "0", "1"), sees("b", "2", "3")]); // => [0, 1, 0]
 * placesAmongCards([sees("a", "0"), sees("a", "1")]); // => [0, 0]
 * ```
 */
export function placesAmongCards(processes: readonly Sight[]): readonly number[] {
  const counts = new Map<string, number>();
  return processes.map(({ machine, cards }) => {
    const sight = JSON.stringify([machine, ...cards]);
    const place = counts.get(sight) ?? 0;
    counts.set(sight, place + 1);
    return place;
  });
}
