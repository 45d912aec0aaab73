import { embeddingSpace } from "../plugins/embedding-space.ts";
import { definePlugin } from "../plugins/plugin.ts";
import { embeddingGeometry, highestRank } from "./embedding-geometry.ts";
import { embeddingSpread } from "./embedding-spread.ts";

/**
 * Measures the embedding space of a run's method, if it publishes one: `embeddingSpread` and `embeddingGeometry`, logged as
 * "embedding/…". A plugin that belongs to every run.
 */
export const embeddingMetrics = definePlugin<object>({
  name: "embedding",
  options: { type: "object", additionalProperties: false, required: [], properties: {} },
  uses: [embeddingSpace],
  setup: () => ({
    step({ find }) {
      const space = find(embeddingSpace);
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
