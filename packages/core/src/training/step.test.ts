import { attribute, rawOp, startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { constant } from "../state/schedules.ts";
import { sgd } from "../optimizers/sgd.ts";
import { embeddingSpace } from "../plugins/embedding-space.ts";
import { type AnyPlugin, definePlugin, type StepContext } from "../plugins/plugin.ts";
import { definePublication, published } from "../plugins/publication.ts";
import { inputMissing, notPublished } from "../messages/hooks.ts";
import { assertClose, fill, numbersOf, refusal, refusedWith, stepPart, testRun } from "../testing/index.ts";
import { meanColour, pullToZero } from "../testing/pull-to-zero.ts";
import { readScalars } from "../testing/read-scalars.ts";
import { type PreparedRun, runStep } from "./prepare-run.ts";
import type { StepDescription } from "./step-description.ts";

const SIZE = 2;
const RATE = 0.1;

const images = (name: string, count: number) =>
  tf.tensor4d(fill(name, count * SIZE * SIZE * 3, 1), [count, SIZE, SIZE, 3]);

const runOf = (plugins: AnyPlugin[], { accumulate = 1, clipNorm = null as number | null } = {}) =>
  testRun({
    plugins: plugins.map((use) => ({ use })),
    encoder: { use: meanColour },
    optimizer: { use: sgd, lr: RATE, momentum: 0, clipNorm },
    batchSize: 4,
    accumulate,
  });

const take = (run: PreparedRun, views: tf.Tensor4D[]) =>
  readScalars(
    run.step(
      views.map((image) => stepPart(run, { image })),
      tf.scalar(RATE),
    ),
  );

const parameters = (run: PreparedRun) =>
  run.store.trained().flatMap(({ variable }) => Array.from(numbersOf(variable)));

beforeAll(() => startEngine({ device: "cpu" }));

describe("a step", () => {
  it("moves the parameters by the gradient of the loss, and reports both", async () => {
    const run = runOf([pullToZero("toy")]);
    const before = parameters(run);
    const { loss, gradientNorm, weightNorm, ...others } = await take(run, [images("x", 4)]);
    const moved = parameters(run).map((value, i) => (value - before[i]!) / -RATE);
    expect(gradientNorm! / Math.hypot(...moved)).toBeCloseTo(1, 4);
    expect(weightNorm! / Math.hypot(...parameters(run))).toBeCloseTo(1, 5); // after the update
    expect(others).toEqual({ "toy/size": loss });
    const { loss: after } = await take(run, [images("x", 4)]);
    expect((after! - loss!) / (-RATE * gradientNorm! ** 2)).toBeCloseTo(1, 0);
  });

  it("minimizes the sum of weighted terms, and logs each as it is", async () => {
    const half = pullToZero("toy", ({ network }) => ({
      step: ({ views }) => {
        const loss = tf.mean<tf.Scalar>(tf.square(network.embed(views["image"]!)));
        return {
          terms: { one: { loss, weight: 0.25 }, other: { loss: tf.mul(loss, 3), chance: 7 } },
          metrics: { answer: tf.scalar(42) },
        };
      },
    }));
    const run = runOf([half]);
    const described: StepDescription[] = [];
    const scalars = await readScalars(
      runStep(run.machine(), [stepPart(run, { image: images("x", 4) })], tf.scalar(RATE), (taken) =>
        described.push(taken.description),
      ),
    );
    expect(scalars["loss"]! / scalars["toy/one"]!).toBeCloseTo(3.25, 5);
    expect(scalars["toy/other"]! / scalars["toy/one"]!).toBeCloseTo(3, 5);
    expect(scalars["toy/answer"]).toBe(42);
    expect(described).toEqual([
      { terms: new Set(["toy/one", "toy/other"]), chanceLevels: { "toy/other": 7 }, highest: {} },
    ]);
  });

  it("with two parts is one with both of them, where rows know nothing of each other", async () => {
    const [whole, parts] = [runOf([pullToZero("toy")]), runOf([pullToZero("toy")], { accumulate: 2 })];
    const [first, second] = [images("first", 2), images("second", 2)];
    const wholeScalars = await take(whole, [tf.concat([first, second])]);
    const partScalars = await take(parts, [first, second]);
    assertClose(parameters(parts), parameters(whole), 1e-6);
    for (const [name, value] of Object.entries(wholeScalars)) {
      expect(partScalars[name]! / value).toBeCloseTo(1, 5);
    }
  });

  it("scales long gradients down to clipNorm, and reports their length before", async () => {
    const [free, clipped] = [runOf([pullToZero("toy")]), runOf([pullToZero("toy")], { clipNorm: 0.01 })];
    const before = parameters(clipped);
    const { gradientNorm } = await take(clipped, [images("x", 4)]);
    const moved = Math.hypot(...parameters(clipped).map((value, i) => value - before[i]!));
    expect(moved / (RATE * 0.01)).toBeCloseTo(1, 3);
    expect(gradientNorm).toBe((await take(free, [images("x", 4)]))["gradientNorm"]);
    expect(gradientNorm).toBeGreaterThan(0.01);
  });

  it("leaves nothing behind but its scalars, over 20 steps", async () => {
    const run = runOf([follower([])], { accumulate: 2 });
    const parts = [images("first", 2), images("second", 2)].map((image) => stepPart(run, { image }));
    const rate = tf.scalar(RATE);
    await readScalars(run.step(parts, rate));
    const before = tf.memory().numTensors;
    for (let i = 0; i < 20; i++) await readScalars(run.step(parts, rate));
    expect(tf.memory().numTensors).toBe(before);
  });

  it("passes publications on, and measures an embedding space", async () => {
    const word = definePublication<string>("word");
    const heard: string[] = [];
    const speaker = pullToZero("speaker", ({ network }) => ({
      step: ({ views }) => {
        const embedding = network.embed(views["image"]!);
        const query = { embedding, positives: tf.range(0, 4, 1, "int32"), lossOf: () => tf.scalar(0) };
        const space = {
          kind: "instances" as const,
          queries: { image: query },
          embedQuery: network.embed,
          candidates: embedding,
        };
        return { publish: [published(word, "hello"), published(embeddingSpace, space)] };
      },
    }));
    const listener = definePlugin<object>({
      name: "listener",
      options: speaker.options,
      requires: [word],
      setup: () => ({ step: ({ use }) => (heard.push(use(word)), { terms: {} }) }),
    });
    const scalars = await take(runOf([listener, { ...speaker, publishes: [word] }]), [images("x", 4)]);
    expect(heard).toEqual(["hello"]);
    expect(scalars["embedding/spread"]).toBeGreaterThan(0);
    expect(scalars["embedding/rank"]).toBeGreaterThan(0);
    expect(scalars["embedding/alignment"]).toBeDefined();
  });
});

describe("labels", () => {
  it("reach the plugin that reads them, and nobody else", () => {
    const seen: Record<string, number[] | undefined> = {};
    const note = ({ labels }: StepContext, name: string) => {
      seen[name] = labels === undefined ? undefined : Array.from(numbersOf(labels));
      return { terms: {} };
    };
    const reader = pullToZero("reader", () => ({ step: (context) => (note(context, "reader"), {}) }));
    const bystander = definePlugin<object>({
      name: "bystander",
      options: reader.options,
      setup: () => ({ step: (context) => note(context, "bystander") }),
    });
    const run = runOf([{ ...reader, reads: ["labels"] }, bystander]);
    const part = { ...stepPart(run, { image: images("x", 4) }), labels: tf.tensor1d([2, -1, 0, 2], "int32") };
    tf.dispose(run.step([part], tf.scalar(RATE)));
    expect(seen).toEqual({ reader: [2, -1, 0, 2], bystander: undefined });
  });
});

/** Follows its network by EMA with momentum 0.5, and notes each call of `after` with what it read. */
const follower = (notes: number[]) =>
  pullToZero("toy", ({ build, network }) => {
    const ema = build.emaOf(network, "target", { momentum: constant(0.5) });
    return {
      step: ({ keep, views }) => {
        const embedded = keep(ema.embed(views["image"]!));
        return {
          after() {
            notes.push(embedded.size);
          },
        };
      },
      run: { afterStep: (context) => ema.update(context) },
    };
  });

describe("after", () => {
  it("runs for every part, once the parameters have moved; the average moves once per step", async () => {
    const notes: number[] = [];
    const run = runOf([follower(notes)], { accumulate: 2 });
    const value = (network: string) => numbersOf(run.store.get(`toy.${network}.encoder.fc.weight`).variable);
    for (let step = 0; step < 2; step++) {
      const before = value("target");
      await take(run, [images("first", 2), images("second", 2)]);
      const online = value("network");
      const halfWay = Array.from(before, (old, i) => (old + online[i]!) / 2);
      assertClose(value("target"), halfWay, 1e-6);
    }
    expect(notes).toEqual([4, 4, 4, 4]);
  });
});

describe("an error", () => {
  it("in step names the plugin and the hook", async () => {
    const failing = pullToZero("failing", () => ({
      step: () => {
        throw new Error("no luck");
      },
    }));
    const run = runOf([failing]);
    expect(await refusedWith(() => take(run, [images("x", 4)]))).toEqual({
      code: "INVALID_PLUGIN",
      data: { plugin: "failing", hook: "step", reason: "no luck" },
    });
  });

  it.each<[string, (gone: tf.Tensor) => void]>([
    ["an op of tfjs", (gone) => void tf.sum(gone)],
    ["an op of TensorFlow", (gone) => void rawOp("Relu", { T: attribute.type("float32") }, [gone], 1)],
    ["a clone", (gone) => void gone.clone()],
  ])("in after hints at keep, where a tensor is gone: %s", async (_name, read) => {
    const forgetful = pullToZero("forgetful", ({ network }) => ({
      step: ({ views }) => {
        const embedded = network.embed(views["image"]!);
        return { after: () => read(embedded) };
      },
    }));
    const run = runOf([forgetful]);
    expect(await refusal(() => take(run, [images("x", 4)]))).toMatch(
      /^INVALID_PLUGIN: \[forgetful\] after failed: .* must pass through `keep`\.$/,
    );
  });

  it("in after that has nothing to do with tensors comes without the hint", async () => {
    const failing = pullToZero("failing", () => ({
      step: () => ({
        after() {
          throw new Error("no luck");
        },
      }),
    }));
    const run = runOf([failing]);
    expect(await refusal(() => take(run, [images("x", 4)]))).toBe(
      "INVALID_PLUGIN: [failing] after failed: no luck",
    );
  });

  it("for what was not published says how to order plugins", async () => {
    const early = pullToZero("early", () => ({ step: ({ use }) => (use(embeddingSpace), {}) }));
    const run = runOf([early]);
    expect(await refusedWith(() => take(run, [images("x", 4)]))).toMatchObject({
      code: "INVALID_PLUGIN",
      data: { plugin: "early", hook: "step", reason: notPublished(embeddingSpace.name).message },
    });
  });
});

describe("an input", () => {
  it("has the value of the step", () => {
    const seen: number[] = [];
    const reading = pullToZero("reading", ({ build }) => {
      const share = build.input({
        name: "share",
        shape: [],
        valueAt: ({ step }) => Float32Array.of(step + 0.5),
      });
      return { step: ({ input }) => (seen.push(numbersOf(input(share))[0]!), {}) };
    });
    const run = runOf([reading]);
    for (const step of [0, 3]) {
      run.step([stepPart(run, { image: images("x", 4) }, step)], tf.scalar(RATE));
    }
    expect(seen).toEqual([0.5, 3.5]);
  });

  it("that the run does not have is refused", async () => {
    const reading = pullToZero("reading", () => ({
      step: ({ input }) => (input({ name: "other.share" }), {}),
    }));
    expect(await refusedWith(() => take(runOf([reading]), [images("x", 4)]))).toEqual({
      code: "INVALID_PLUGIN",
      data: { plugin: "reading", hook: "step", reason: inputMissing("other.share").message },
    });
  });
});
