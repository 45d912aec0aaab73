import { describe, expect, it } from "vitest";

import { resnet18, resnet20 } from "../networks/resnet.ts";
import { adamw } from "../optimizers/adamw.ts";
import { sgd } from "../optimizers/sgd.ts";
import { definePlugin } from "../plugins/plugin.ts";
import { refusal } from "../testing/refusal.ts";
import type { TsslError } from "../errors.ts";
import { evaluationTestMissing, twoTestSets } from "../messages/options.ts";
import { shownValue } from "../text/shown-value.ts";
import { parseConfig } from "./parse-config.ts";
import type { Registry } from "./registry.ts";
import type { Problem } from "./problems.ts";

interface ToyOptions {
  readonly queueSize: number;
  readonly head: "mlp" | "linear";
}
const toy = definePlugin<ToyOptions>({
  name: "toy",
  options: {
    type: "object",
    additionalProperties: false,
    required: ["queueSize", "head"],
    properties: {
      queueSize: { type: "integer", minimum: 1, default: 64 },
      head: { type: "string", enum: ["mlp", "linear"], default: "mlp" },
    },
  },
  setup: () => ({ step: () => ({ terms: {} }) }),
});
const registry: Registry = {
  plugins: { toy },
  encoders: { resnet18, resnet20 },
  optimizers: { sgd, adamw },
};

const smallest = {
  epochs: 2,
  batchSize: 8,
  data: { train: "images" },
  encoder: { use: "resnet20" },
  plugins: [{ use: "toy" }],
  optimizer: { use: "sgd", lr: 0.1 },
};
const parse = (raw: unknown) => parseConfig(raw, registry, "config.yaml");
/** The problems of the smallest config with a change: "path: text". */
function problemsWith(change: object): readonly string[] {
  try {
    parse({ ...smallest, ...change });
  } catch (error) {
    const { code, data } = error as TsslError;
    expect(code).toBe("INVALID_CONFIG");
    expect(data!["source"]).toBe("config.yaml");
    return (data!["problems"] as readonly Problem[]).map(({ path, text }) => `${path}: ${text}`);
  }
  throw new Error("nothing was thrown");
}

const ONES_OWN = "or of your own: a file (./my-own.ts) or an installed package (@me/name, tssl-name)";

describe("a config that is wrong in many ways", () => {
  it("is refused with all problems at once, each at its path", async () => {
    const raw = {
      epochs: 0,
      batchSize: "8",
      sede: 3,
      imageSize: 224.5,
      data: { trian: "images", mean: [0.5, 0.5] },
      engine: { device: "gpuu" },
      encoder: { use: "resnet20", widths: [16, 0, 64] },
      plugins: [{ use: "toy", queuSize: 5, head: "MLP" }, { use: "toyy" }, "toy"],
      optimizer: { use: "sgd", momentum: 1, schedule: "cosin" },
    };
    expect(await refusal(() => parse(raw))).toBe(
      `INVALID_CONFIG: config.yaml has 15 problems:
  - sede: unknown option. Did you mean "seed"? Known: name, seed, epochs, batchSize, accumulate, imageSize, data, evaluation, health, checkpoint, logging, engine, encoder, plugins, optimizer, extends
  - epochs: must be >= 1, got 0
  - batchSize: must be integer, got "8"
  - imageSize: must be integer or array, got 224.5
  - data.train: must be given
  - data.trian: unknown option. Did you mean "train"? Known: train, test, workers, cacheMegabytes, decode, range, channels, depth, withoutColour, maxCorruptShare, shuffleBuffer, mean, deviation
  - engine.device: must be one of "auto", "cpu", "gpu", got "gpuu". Did you mean "gpu"?
  - encoder.widths.1: must be >= 1, got 0
  - optimizer.lr: must be given
  - optimizer.schedule: must be one of "cosine", "constant", "steps", got "cosin". Did you mean "cosine"?
  - optimizer.momentum: must be < 1, got 1
  - plugins.toy.queuSize: unknown option. Did you mean "queueSize"? Known: queueSize, head
  - plugins.toy.head: must be one of "mlp", "linear", got "MLP". Did you mean "mlp"?
  - plugins.1.use: unknown plugin. Did you mean "toy"? Known: toy
  - plugins.2: must be { use: <plugin>, … }, got "toy". Known: toy`,
    );
  });

  it.each<[string, object, string[]]>([
    [
      "channels without their statistics, and bytes of four",
      { data: { train: "x", channels: 4, depth: 8, range: [7, 7] } },
      [
        "data.depth: must be 32 or null with data.channels: 4: bytes are of 1 or 3 channels",
        "data.range: must be [low, high] with low < high, got [7,7]",
        "data.mean: must have 4 numbers, one for each of data.channels, got [0.485,0.456,0.406]; `tssl " +
          "data stats` measures them",
        "data.deviation: must have 4 numbers, one for each of data.channels, got [0.229,0.224,0.225]; " +
          "`tssl data stats` measures them",
      ],
    ],
    ["seventeen channels", { data: { train: "x", channels: 17 } }, ["data.channels: must be <= 16, got 17"]],
    ["a side alone", { imageSize: [32] }, ["imageSize: must have 2 values, got [32]"]],
    [
      "sides that are too small and none",
      { imageSize: [4, "x"] },
      ["imageSize.0: must be >= 8, got 4", 'imageSize.1: must be integer, got "x"'],
    ],
    [
      "no plugins",
      { plugins: [] },
      ["plugins: must be a list with at least one method, such as [{ use: moco }]"],
    ],
    ["plugins that are no list", { plugins: { use: "toy" } }, ["plugins: must be a list with at least one method, such as [{ use: moco }]"]], // prettier-ignore
    ["no encoder", { encoder: undefined }, ["encoder: must be given, as { use: <encoder>, … }. Known: resnet18, resnet20"]], // prettier-ignore
    ["a path for the run's name", { name: "../elsewhere" }, ['name: must be a plain name, without a slash, backslash or control character, got "../elsewhere"']], // prettier-ignore
    ["a line break in the run's name", { name: "a\nError: b" }, ['name: must be a plain name, without a slash, backslash or control character, got "a\\nError: b"']], // prettier-ignore
    ["a name that no folder can have", { name: "a".repeat(400) }, [`name: must NOT have more than 200 characters, got ${shownValue("a".repeat(400))}`]], // prettier-ignore
    ["a number for a name", { encoder: { use: 18 } }, ["encoder.use: must be the name of an encoder or an encoder itself"]], // prettier-ignore
    ["a name far from all", { optimizer: { use: "rmsprop", lr: 1 } }, [`optimizer.use: unknown optimizer. Known: sgd, adamw; ${ONES_OWN}`]], // prettier-ignore
    ["a name that every object has", { encoder: { use: "constructor" } }, [`encoder.use: unknown encoder. Known: resnet18, resnet20; ${ONES_OWN}`]], // prettier-ignore
    ["no data", { data: undefined }, ["data: must be given"]],
    ["two test sets", { data: { train: "a", test: "b" }, evaluation: { test: "c" } }, [`evaluation.test: ${twoTestSets("c", "b")}`]], // prettier-ignore
    ["labelled images without a test set", { evaluation: { train: "labelled" } }, [`evaluation.train: ${evaluationTestMissing()}`]], // prettier-ignore
    ["extends where no file says it", { extends: "toy/small" }, ["extends: must be written in the config file itself"]], // prettier-ignore
  ])("names %s", (_what, change, problems) => {
    expect(problemsWith(change)).toEqual(problems);
  });

  it("knows the name extends, which a config file may have", () => {
    const [problem] = problemsWith({ extend: "toy/small" });
    expect(problem).toMatch(/^extend: unknown option\. Did you mean "extends"\? Known: .*, extends$/);
  });

  it("names a text where one of some numbers is expected", () => {
    const properties = { layers: { type: "integer", enum: [2, 3], default: 2 } };
    const use = { ...toy, options: { ...toy.options, required: [], properties } };
    expect(problemsWith({ plugins: [{ use, layers: "two" }] })).toEqual([
      'plugins.toy.layers: must be integer, got "two"',
      'plugins.toy.layers: must be one of 2, 3, got "two".',
    ]);
  });

  it("says where an option of that name is", () => {
    expect(problemsWith({ lr: 0.1 })[0]).toMatch(
      /^lr: unknown option\. Did you mean "optimizer\.lr"\? Known: name, /,
    );
    expect(problemsWith({ optimizer: { use: "sgd", lr: 1, queueSize: 8, epochs: 3 } })).toEqual([
      expect.stringMatching(/^optimizer.queueSize: unknown option\. Did you mean "plugins.toy.queueSize"\? /),
      expect.stringMatching(/^optimizer.epochs: unknown option\. Did you mean "epochs"\? /),
    ]);
  });

  it.each([
    ["term", "plugins.term.head"],
    ["a term", "plugins.1.head"],
  ])("calls a plugin of a file by its name, %s, where that can be part of a path", (name, path) => {
    const plugins = { ...registry.plugins, "/own/term.ts": { ...toy, name } };
    const raw = { ...smallest, plugins: [{ use: "toy" }, { use: "/own/term.ts", head: 1 }] };
    const problems = [
      { path, text: "must be string, got 1" },
      { path, text: 'must be one of "mlp", "linear", got 1.' },
    ];
    expect(() => parseConfig(raw, { ...registry, plugins }, "config.yaml")).toThrow(
      expect.objectContaining({ data: { source: "config.yaml", problems } }),
    );
  });

  it.each([[null], [[]], ["text"]])("that is no object is refused: %j", async (raw) => {
    expect(await refusal(() => parse(raw))).toBe(
      `INVALID_CONFIG: config.yaml has 1 problem:\n  - must be an object with data, encoder, plugins, …, got ${JSON.stringify(raw)}`,
    );
  });
});

describe("a config that is right", () => {
  it("comes back with everything said", () => {
    const { resolved } = parse(smallest);
    expect(resolved).toEqual({
      name: "run",
      seed: 0,
      epochs: 2,
      batchSize: 8,
      accumulate: 1,
      imageSize: 224,
      data: {
        train: "images",
        test: null,
        workers: null,
        cacheMegabytes: 512,
        shuffleBuffer: null,
        decode: "exact",
        range: null,
        channels: 3,
        depth: null,
        withoutColour: false,
        maxCorruptShare: 0.01,
        mean: [0.485, 0.456, 0.406],
        deviation: [0.229, 0.224, 0.225],
      },
      evaluation: { everyEpochs: 10, batchSize: 250, train: null, test: null, k: null, temperature: 0.1 },
      health: { everySteps: 200 },
      checkpoint: { everySteps: null, everyMinutes: 10, keep: 2, best: "knn" },
      logging: { tensorboard: false },
      engine: {
        device: "auto",
        threads: null,
        gpuMemoryGrowth: true,
        backend: "auto",
        mode: "auto",
        precision: "float32",
        replicas: 1,
      },
      encoder: {
        use: "resnet20",
        weights: null,
        freezeEpochs: 0,
        widths: [16, 32, 64],
        norm: "batch",
        recompute: false,
      },
      plugins: [{ use: "toy", queueSize: 64, head: "mlp" }],
      optimizer: {
        use: "sgd",
        lr: 0.1,
        schedule: "cosine",
        finalLr: 0,
        warmupEpochs: 0,
        warmupFrom: null,
        milestones: [0.6, 0.8],
        factor: 0.1,
        clipNorm: null,
        momentum: 0.9,
        nesterov: false,
        weightDecay: 0,
        excludeNormAndBias: false,
      },
    });
  });

  it("gives the same again from what it said", () => {
    const { resolved } = parse(smallest);
    expect(parse(resolved).resolved).toEqual(resolved);
  });

  it("keeps the learning rate apart from the optimizer's own options", () => {
    const { optimizer } = parse({ ...smallest, optimizer: { use: "adamw", lr: 0.2, beta2: 0.95 } });
    expect(optimizer.definition).toBe(adamw);
    expect(optimizer.learning).toMatchObject({ lr: 0.2, schedule: "cosine", clipNorm: null });
    expect(optimizer.options).toEqual({
      beta1: 0.9,
      beta2: 0.95,
      epsilon: 1e-8,
      weightDecay: 0.01,
      excludeNormAndBias: false,
    });
  });

  it("keeps the file of the encoder's weights apart from the encoder's own options", () => {
    const { encoder } = parse({ ...smallest, encoder: { use: "resnet18", weights: "/a.safetensors" } });
    expect(encoder.weights).toBe("/a.safetensors");
    expect(encoder.options).toEqual({ stem: "imagenet", norm: "batch", recompute: false });
    expect(parse(smallest).encoder).not.toHaveProperty("weights");
  });

  it("takes values instead of names, with the same checks", async () => {
    const own = { ...smallest, encoder: { use: resnet18, stem: "cifar" }, plugins: [{ use: toy }], optimizer: { use: adamw, lr: 1 } }; // prettier-ignore
    const nothingKnown = { plugins: {}, encoders: {}, optimizers: {} };
    const config = parseConfig(own, nothingKnown, "config.ts");
    expect(config.encoder).toMatchObject({ definition: resnet18, options: { stem: "cifar" } });
    expect(config.plugins[0]!.plugin).toBe(toy);
    expect(config.optimizer.definition).toBe(adamw);
    expect(config.resolved["encoder"]).toEqual({
      ...{ use: "resnet18", weights: null, freezeEpochs: 0 },
      ...{ stem: "cifar", norm: "batch", recompute: false },
    });
    const wrong = { ...own, optimizer: { use: adamw, lr: 0 } };
    expect(await refusal(() => parseConfig(wrong, nothingKnown, "config.ts"))).toBe(
      "INVALID_CONFIG: config.ts has 1 problem:\n  - optimizer.lr: must be > 0, got 0",
    );
  });

  it("leaves the user's object as it is, and freezes its own", () => {
    const raw = structuredClone(smallest);
    const config = parse(raw);
    expect(raw).toEqual(smallest);
    expect([config.settings, config.settings.data, config.settings.data.mean].every(Object.isFrozen)).toBe(
      true,
    );
    expect(Object.isFrozen(config.plugins[0]!.options)).toBe(true);
  });
});
