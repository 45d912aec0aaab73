/**
 * Runs `load` for each request, `ahead` of them at a time, and yields the results in order. A request is asked for when its turn to load comes.
 *
 * When the consumer stops early, what is still under way is awaited and passed to `discard`, so nothing is left running.
 */
export async function* prefetch<Request, Result>(
  requests: Iterable<Request>,
  load: (request: Request) => Promise<Result>,
  { ahead, discard }: { readonly ahead: number; readonly discard: (result: Result) => void },
): AsyncGenerator<Result> {
  const pending: Promise<Result>[] = [];
  const coming = requests[Symbol.iterator]();
  const startOne = () => {
    const next = coming.next();
    if (next.done === true) return;
    const promise = load(next.value);
    promise.catch(() => {}); // reported when its turn comes
    pending.push(promise);
  };
  for (let i = 0; i < ahead; i++) startOne();
  try {
    while (pending.length > 0) {
      const result = await pending.shift()!;
      startOne();
      yield result;
    }
  } finally {
    for (const outcome of await Promise.allSettled(pending)) {
      if (outcome.status === "fulfilled") discard(outcome.value);
    }
  }
}
