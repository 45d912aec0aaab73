/** Whoever read the output has gone: a pipe to `head`, a terminal that was closed. */
const GONE = new Set(["EPIPE", "EIO"]);

/**
 * Lets a command outlive its output: a training goes on, to be saved, where nobody reads its progress or the disk that its log goes to is full.
 *
 * @returns the first failure that means lost results, once there is one.
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
