import { createHash } from "node:crypto";

import { runRecordings, testRun } from "@tssl/core/testing";
import { tensorflowInference } from "@tssl/engine/testing";

import type { Composition } from "./compositions.test.data.ts";
import { builtIn } from "./registry.ts";

type Recording = Awaited<ReturnType<typeof runRecordings>> extends ReadonlyMap<string, infer R> ? R : never;

/** What a run starts from and what it records, in words that can be compared. */
export interface RecordedRun {
  /** A hash of the bits of each value of the state, by name. */
  readonly state: Readonly<Record<string, string>>;
  /** One line for each op, result and assignment, by the name of the step. */
  readonly steps: Readonly<Record<string, readonly string[]>>;
}

/**
 * Prepares the run of a composition and records all its steps.
 *
 * @param options.sites whether the lines name the places in the code, which takes long to find out.
 * @param options.check whether TensorFlow must infer the same shapes; its engine must then be started.
 */
export async function recordedRun(
  { config }: Composition,
  encoder: object,
  { sites = false, check = false } = {},
): Promise<RecordedRun> {
  const { plugins, optimizer, accumulate } = config as {
    plugins: readonly { use: keyof typeof builtIn.plugins }[];
    optimizer: { use: keyof typeof builtIn.optimizers };
    accumulate?: number;
  };
  const run = testRun({
    encoder,
    plugins: plugins.map((plugin) => ({ ...plugin, use: builtIn.plugins[plugin.use] })),
    optimizer: { ...optimizer, use: builtIn.optimizers[optimizer.use] },
    batchSize: 16,
    datasetSize: 48,
    epochs: 4,
    ...(accumulate === undefined ? {} : { accumulate }),
  });
  try {
    const state = Object.entries(run.store.variables()).map(([name, variable]) => {
      const values = variable.dataSync();
      const bits = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      return [name, createHash("sha256").update(bits).digest("hex")] as const;
    });
    const recordings = await runRecordings(run);
    if (check) for (const [name, recording] of recordings) requireTensorflowsShapes(name, recording);
    return {
      state: Object.fromEntries(state),
      steps: Object.fromEntries(Array.from(recordings, ([name, each]) => [name, linesOf(each, sites)])),
    };
  } finally {
    run.dispose();
  }
}

function linesOf(recording: Recording, withSites: boolean): readonly string[] {
  const { nodes, inputs, outputs, assigned, produced, gradientOf, sites } = recording;
  return [
    ...inputs.map((input) => JSON.stringify(input)),
    ...nodes.map(({ name, op, input, attr }) => {
      const results = produced.get(name)?.map(({ dtype, shape }) => `${dtype}[${shape.join()}]`) ?? [];
      const site = withSites ? ` at ${sites.get(name)?.()}` : "";
      const gradient = gradientOf.has(name) ? ` gradient of ${gradientOf.get(name)}` : "";
      const call = `${op}(${input.join()}) ${attributesText(attr)}`;
      return `${name} = ${call} -> ${results.join()}${gradient}${site}`;
    }),
    ...outputs.map((output) => JSON.stringify(output)),
    ...Array.from(assigned, ([place, edge]) => `state${place} := ${edge}`),
  ];
}

const attributesText = (attr: Recording["nodes"][number]["attr"]): string =>
  JSON.stringify(attr, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
  );

/**
 * Adds every op of a recording to a graph of TensorFlow, which must give its results the same types and
 * shapes.
 */
function requireTensorflowsShapes(step: string, { inputs, nodes, produced }: Recording): void {
  const inference = tensorflowInference();
  try {
    for (const [name, [value]] of produced) {
      if (/^(in|state)\d+$/.test(name)) inference.add(placeholderOf(name, value!));
    }
    for (const node of nodes.filter(({ op }) => op !== "NoOp")) {
      const wanted = inference.add(node).map(({ dtype, shape }) => ({ dtype, shape: shape ?? [0] }));
      const [want, got] = [wanted, produced.get(node.name)].map((values) => JSON.stringify(values));
      if (want !== got) throw new Error(`${step}: ${node.name} has ${got}, but TensorFlow infers ${want}`);
    }
    if (inputs.length === 0) throw new Error(`${step} has no inputs`);
  } finally {
    inference.close();
  }
}

const TYPE_NUMBERS: Readonly<Record<string, number>> = { float32: 1, int32: 3, uint8: 4, bool: 10 };

const placeholderOf = (name: string, { dtype, shape }: { dtype: string; shape: readonly number[] }) => ({
  name,
  op: "Placeholder",
  input: [],
  attr: {
    dtype: { type: TYPE_NUMBERS[dtype]! },
    shape: { shape: { dim: shape.map((size) => ({ size })) } },
  },
});
