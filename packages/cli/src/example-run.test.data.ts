import { fileURLToPath } from "node:url";

/** The config of one of the examples. */
export const example = (name: string): string =>
  fileURLToPath(new URL(`../../../examples/${name}/config.yaml`, import.meta.url));

export const EXAMPLE = example("moco-with-clsa");

interface Images {
  readonly train: string;
  readonly test: string;
}

/**
 * Flags that make `EXAMPLE` small enough for a test: 2 epochs of 3 steps on the images of `copyTrainAndTest`.
 * Values in `more` override them, and undefined removes one: without `engine.mode`, steps run as users have
 * them.
 */
export const smallExample = (
  { train, test }: Images,
  more: Readonly<Record<string, unknown>> = {},
): string[] =>
  setFlags({
    "data.train": train,
    "data.test": test,
    encoder: { use: "resnet20", widths: [4, 4, 8] },
    "plugins.0.queueSize": 32,
    "plugins.0.dim": 16,
    epochs: 2,
    batchSize: 16,
    "evaluation.k": 10,
    "engine.mode": "eager", // six steps are over before they would be compiled
    ...more,
  });

/** `--set` for each value; none where it is undefined. */
export const setFlags = (values: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : ["--set", `${name}=${JSON.stringify(value)}`],
  );
