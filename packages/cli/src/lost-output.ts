/** Codes for output that nobody reads any more, such as a pipe to `head` or a closed terminal. */
const GONE = new Set(["EPIPE", "EIO"]);

/**
 * Keeps a command running when its output fails: a training continues and is saved even if nobody reads its
 * progress, or the disk of its log is full.
 *
 * @returns a function that returns the first failure that lost results, if there was one.
 */
export function outliveOutput(): () => Error | undefined {
  let lost: Error | undefined;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (!GONE.has(error.code ?? "")) lost ??= error;
    });
  }
  return () => lost;
}
