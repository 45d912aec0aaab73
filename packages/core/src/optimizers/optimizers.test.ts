import { createProgram, type EngineMode, type HostTensor, startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { createStateStore } from "../state/store.ts";
import {
  assertClose,
  fill,
  type Generated,
  generated,
  generatedAll,
  modes,
  numbersOf,
  readGolden,
  tensorsLeft,
} from "../testing/index.ts";
import { adamw, type AdamwOptions } from "./adamw.ts";
import { clipByGlobalNorm, globalNorm } from "./clip-by-global-norm.ts";
import { larc } from "./larc.ts";
import { lars } from "./lars.ts";
import type { OptimizerDefinition } from "./optimizer.ts";
import { sgd } from "./sgd.ts";

type Named<T> = Record<"weight" | "bias", T>;
interface Trajectory {
  name: string;
  options: Record<string, number | boolean>;
  startsAtZero?: (keyof Named<unknown>)[];
  /** Parameters and the steps at which their gradient is zero. */
  zeroGradients?: [keyof Named<unknown>, number][];
  rates: number[];
  after: Named<number[][]>;
}
interface Clipping {
  name: string;
  maxNorm: number;
  gradients: Named<Generated>;
  norm: number;
  clipped: Named<number[]>;
}
const golden = readGolden<{
  parameters: Named<Generated>;
  optimizers: Record<"sgd" | "adamw" | "lars" | "larc", Trajectory[]>;
  clipping: Clipping[];
}>(new URL("../../fixtures/optimizers.json", import.meta.url));

/** The golden parameters in a store, with an optimizer attached. */
function attach<Options extends object>(definition: OptimizerDefinition<Options>, options: Options) {
  const store = createStateStore();
  store.add("weight", generated(golden.parameters.weight), { role: "weight", trained: true });
  store.add("bias", generated(golden.parameters.bias), { role: "vector", trained: true });
  return { store, optimizer: definition.attach(store, store.trained(), options) };
}

const gradientsAt = (step: number): Named<HostTensor> => ({
  weight: { values: fill(`g${step}/weight`, 12, 1), shape: [3, 4] },
  bias: { values: fill(`g${step}/bias`, 4, 1), shape: [4] },
});

/** The fixture's words for options, in ours. */
const ours = ({ decayVectors = true, ...options }: Trajectory["options"]) => ({
  ...options,
  excludeNormAndBias: decayVectors === false,
});

beforeAll(() => startEngine({ device: "cpu" }));

describe.each(modes.map((mode) => ({ mode })))("in mode $mode", ({ mode }) => {
  describe.each([
    {
      name: "sgd",
      definition: sgd as unknown as OptimizerDefinition<object>,
      defaults: { momentum: 0, nesterov: false, weightDecay: 0 },
      cases: golden.optimizers.sgd,
    },
    {
      name: "adamw",
      definition: adamw as unknown as OptimizerDefinition<object>,
      defaults: {},
      cases: golden.optimizers.adamw,
    },
    {
      name: "larc",
      definition: larc as unknown as OptimizerDefinition<object>,
      defaults: {},
      cases: golden.optimizers.larc,
    },
  ])("$name", ({ definition, defaults, cases }) => {
    it.each(cases)("follows PyTorch's for 20 steps: $name", (trajectory) =>
      follow(mode, attach(definition, { ...defaults, ...ours(trajectory.options) }), trajectory),
    );
  });

  it("lars follows the paper's for 20 steps, rate inside the momentum", () => {
    const inside = golden.optimizers.lars.find(({ options }) => options["learningRateInMomentum"] === true)!;
    const options = {
      momentum: 0.9,
      weightDecay: 0.01,
      trustCoefficient: 0.001,
      excludeNormAndBias: true,
    };
    expect(inside.options).toMatchObject({ momentum: 0.9, weightDecay: 0.01, trustCoefficient: 0.001 });
    return follow(mode, attach(lars, options), inside);
  });
});

describe("lars", () => {
  it("scales and decays vectors too where they are not excluded", () => {
    const options = {
      momentum: 0,
      weightDecay: 0.5,
      trustCoefficient: 0.1,
      excludeNormAndBias: false,
    };
    const { store, optimizer } = attach(lars, options);
    const bias = Array.from(numbersOf(store.get("bias").variable));
    const g = bias.map((b, i) => fill("g0/bias", 4, 1)[i]! + 0.5 * b);
    const ratio = (0.1 * Math.hypot(...bias)) / Math.hypot(...g);
    const gradients = Object.entries(gradientsAt(0));
    optimizer.update(
      new Map(gradients.map(([name, { values, shape }]) => [name, tf.tensor(values, [...shape])])),
      tf.scalar(2),
    );
    assertClose(
      store.get("bias").variable,
      bias.map((b, i) => b - 2 * ratio * g[i]!),
      1e-6,
    );
  });

  it("takes a plain step where weights or gradient are zero", () => {
    const options = {
      momentum: 0,
      weightDecay: 0,
      trustCoefficient: 0.001,
      excludeNormAndBias: true,
    };
    const { store, optimizer } = attach(lars, options);
    const { variable } = store.get("weight");
    optimizer.update(new Map([["weight", tf.zeros([3, 4])]]), tf.scalar(1));
    assertClose(variable, generated(golden.parameters.weight), 0);
    variable.assign(tf.zeros([3, 4]));
    optimizer.update(new Map([["weight", tf.fill([3, 4], 2)]]), tf.scalar(0.5));
    assertClose(variable, new Array<number>(12).fill(-1), 1e-6);
  });
});

describe("every optimizer", () => {
  const adamwOptions: AdamwOptions = {
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0.1,
    excludeNormAndBias: true,
  };
  it.each([
    ["sgd", () => attach(sgd, { momentum: 0.9, nesterov: true, weightDecay: 0.1, excludeNormAndBias: true })],
    ["adamw", () => attach(adamw, adamwOptions)],
    [
      "lars",
      () =>
        attach(lars, {
          momentum: 0.9,
          weightDecay: 0.1,
          trustCoefficient: 1,
          excludeNormAndBias: true,
        }),
    ],
    [
      "larc",
      () =>
        attach(larc, {
          momentum: 0.9,
          weightDecay: 0.1,
          trustCoefficient: 1,
          excludeNormAndBias: false,
          clip: false,
        }),
    ],
  ])("leaves alone what has no gradient, and no tensors behind: %s", (_name, make) => {
    const { store, optimizer } = make();
    const bias = numbersOf(store.get("bias").variable);
    const gradients = new Map([["weight", tf.ones([3, 4])]]);
    const rate = tf.scalar(0.1);
    expect(tensorsLeft(() => optimizer.update(gradients, rate))).toBe(0);
    expect(numbersOf(store.get("bias").variable)).toEqual(bias);
    expect(numbersOf(store.get("weight").variable)).not.toEqual(
      numbersOf(generated(golden.parameters.weight)),
    );
  });
});

describe("clipByGlobalNorm", () => {
  it.each(golden.clipping)("matches PyTorch: $name", ({ gradients, maxNorm, norm, clipped }) => {
    const map = new Map(Object.entries(generatedAll(gradients)));
    const length = globalNorm(map);
    assertClose(length, [norm], 1e-6, "norm");
    const result = clipByGlobalNorm(map, length, maxNorm);
    assertClose(result.get("weight")!, clipped.weight, 1e-5, "weight");
    assertClose(result.get("bias")!, clipped.bias, 1e-5, "bias");
  });

  it("leaves zero gradients at zero", () => {
    const zero = new Map([["weight", tf.zeros([2])]]);
    assertClose(clipByGlobalNorm(zero, globalNorm(zero), 1).get("weight")!, [0, 0], 0);
  });
});

async function follow(
  mode: EngineMode,
  { store, optimizer }: ReturnType<typeof attach>,
  { startsAtZero = [], zeroGradients = [], rates, after }: Trajectory,
) {
  for (const name of startsAtZero) {
    const { variable } = store.get(name);
    variable.assign(tf.zeros(variable.shape));
  }
  const program = createProgram({ state: store.variables(), mode });
  const step = program.compile("update", ({ weight, bias, rate }) => {
    const gradients = Object.entries({ weight: weight!, bias: bias! });
    optimizer.update(new Map(gradients), rate as tf.Scalar);
    return {};
  });
  for (const [number, rate] of rates.entries()) {
    const gradients = gradientsAt(number);
    for (const [name] of zeroGradients.filter(([, at]) => at === number)) gradients[name].values.fill(0);
    await step.run({ ...gradients, rate: { values: Float32Array.of(rate), shape: [] } });
    for (const name of ["weight", "bias"] as const) {
      assertClose(
        program.state.read(name).values,
        after[name][number]!,
        1e-5,
        `${name} after step ${number}`,
      );
    }
  }
  await program.dispose();
}
