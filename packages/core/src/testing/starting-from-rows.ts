import { definePlugin, type Plugin } from "../plugins/plugin.ts";

/**
 * A plugin that clusters in `beforeEpoch`, whose k-means starts from rows that a reference starts from: the
 * m-th of an epoch from the rows `apart * m`, `apart * m + 1`, …
 */
export const startingFromRows = <Options extends object>(
  plugin: Plugin<Options>,
  apart: number,
): Plugin<Options> =>
  definePlugin<Options>({
    ...plugin,
    setup(build, options) {
      const run = plugin.setup(build, options);
      return {
        ...run,
        beforeEpoch(context) {
          let first = -apart;
          const permutation = (n: number) => {
            first += apart;
            return Int32Array.from({ length: n }, (_, i) => (first + i) % n);
          };
          return run.beforeEpoch!({ ...context, random: { ...context.random, permutation } });
        },
      };
    },
  });
