import { embeddingSpace } from "../plugins/embedding-space.ts";
import { embeddings } from "../plugins/embeddings.ts";
import { definePlugin } from "../plugins/plugin.ts";
import { embeddingGeometry, highestRank } from "./embedding-geometry.ts";
import { embeddingSpread } from "./embedding-spread.ts";
import { publishedSpace } from "./observed-space.ts";

/**
 * Measures the embeddings of a run's method, if it publishes an embedding space or plain embeddings:
 * `embeddingSpread` and `embeddingGeometry`, logged as "embedding/…". A plugin that belongs to every run.
 */
export const embeddingMetrics = definePlugin<object>({
  name: "embedding",
  options: { type: "object", additionalProperties: false, required: [], properties: {} },
  uses: [embeddingSpace, embeddings],
  setup: () => ({
    step({ find, replicas }) {
      const space = publishedSpace(find, replicas);
      if (space === undefined) return { terms: {} };
      const geometry = embeddingGeometry(space);
      const highest = highestRank(space);
      return {
        terms: {},
        metrics: {
          spread: embeddingSpread(space),
          ...geometry,
          ...(geometry === undefined || highest === undefined
            ? {}
            : { rank: { value: geometry.rank, highest } }),
        },
      };
    },
  }),
});
