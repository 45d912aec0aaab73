import type { EvaluatedEncoder, ImageSet, RunSettings } from "@tssl/core/run";
import type { RowsFile } from "@tssl/export";
import { expect, it } from "vitest";

import { computeEmbeddings } from "./compute-embeddings.ts";

it("refuses images of which the memory does not hold one, before it opens any", async () => {
  const images = { files: [{ file: "never-opened.jpg" }, { file: "nor-this.jpg" }] } as unknown as ImageSet;
  const extractor: EvaluatedEncoder["features"] = {
    dim: 4,
    extract: () => Promise.reject(new Error("is not asked for")),
    sizeOfOne(shape) {
      expect(shape).toEqual([4096, 2048, 3]);
      return { ops: 1, intermediateBytes: 0.5e15 };
    },
  };
  const settings = { imageSize: [4096, 2048], evaluation: { batchSize: 256 }, data: {} };
  const computing = computeEmbeddings(
    { rows: 0 } as RowsFile,
    images,
    extractor,
    settings as unknown as RunSettings,
    {},
  );
  await expect(computing).rejects.toMatchObject({
    code: "INVALID_OPTION",
    message: expect.stringMatching(
      /^One image of 2048 × 4096 pixels needs about 909 TiB of memory in this encoder, and [\d.]+ .iB are free\./,
    ) as string,
  });
});
