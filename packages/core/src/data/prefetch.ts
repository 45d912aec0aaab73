export interface PrefetchOptions<Result> {
  /** How many loads are under way or done and not taken: a number, or how many at first and at most. */
  readonly ahead: number | { readonly least: number; readonly most: number };
  readonly discard: (result: Result) => void;
}

/**
 * Runs `load` for each request, some of them ahead of the consumer, and yields the results in order. A
 * request is asked for when its turn to load comes.
 *
 * Each time the consumer has to wait for a result, one more is loaded ahead from then on: where loading is
 * fast `least` are enough, and where its time varies more of them even it out. When the consumer stops early,
 * what is still under way is awaited and passed to `discard`, so nothing is left running.
 */
export async function* prefetch<Request, Result>(
  requests: Iterable<Request>,
  load: (request: Request) => Promise<Result>,
  { ahead, discard }: PrefetchOptions<Result>,
): AsyncGenerator<Result> {
  interface Pending {
    readonly result: Promise<Result>;
    done: boolean;
  }
  const pending: Pending[] = [];
  const coming = requests[Symbol.iterator]();
  const { least, most } = typeof ahead === "number" ? { least: ahead, most: ahead } : ahead;
  let depth = least;
  const startAhead = () => {
    while (pending.length < depth) {
      const next = coming.next();
      if (next.done === true) return;
      const started: Pending = { result: load(next.value), done: false };
      const end = () => void (started.done = true);
      started.result.then(end, end); // an error is reported when its turn comes
      pending.push(started);
    }
  };
  startAhead();
  let taken = 0;
  try {
    while (pending.length > 0) {
      const { result, done } = pending.shift()!;
      // Nothing can be there for the first who asks.
      if (!done && taken > 0) depth = Math.min(depth + 1, most);
      const value = await result;
      taken++;
      startAhead();
      yield value;
    }
  } finally {
    for (const outcome of await Promise.allSettled(pending.map(({ result }) => result))) {
      if (outcome.status === "fulfilled") discard(outcome.value);
    }
  }
}
