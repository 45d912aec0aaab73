import type { EvaluationImages } from "../evaluation/images.ts";

/** Images that are in memory already, as a feature pass goes through them: all of them in one batch. */
export const imagesInMemory = (
  bytes: () => Promise<Uint8Array>,
  { count, size, shape }: Pick<EvaluationImages, "count" | "size" | "shape">,
): EvaluationImages => ({
  count,
  size,
  shape,
  corrupt: [],
  async *batches() {
    yield { start: 0, count, bytes: await bytes() };
  },
});
