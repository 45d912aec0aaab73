import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import * as tf from "@tensorflow/tfjs";
import { definePlugin, embeddingSpace } from "@tssl/core";
import { decodeSafetensors, type FailedStep, replayStep, runTraining } from "@tssl/core/run";
import { smallConvNet } from "@tssl/core/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { compositions, smallRun } from "./compositions.test.data.ts";
import { copyTrainAndTest } from "./few-images.test.data.ts";
import { resolveConfig } from "./read-run-config.ts";
import { replayText } from "./replay-text.ts";
import { loggedNumbers } from "./run-numbers.test.data.ts";

let folder: string;
let data: { train: string; test: string };
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-replay-"));
  data = await copyTrainAndTest(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const within = (name: string) => path.join(folder, name);
const noOptions = { type: "object", additionalProperties: false, required: [], properties: {} } as const;

/** Its term is NaN in step 6, or its gradient alone in step 5. */
const breaking = (what: "term" | "gradient") =>
  definePlugin<object>({
    name: "breaking",
    options: noOptions,
    requires: [embeddingSpace],
    setup(build) {
      const left = build.input<tf.Scalar>({
        name: "left",
        shape: [],
        valueAt: ({ step }) => Float32Array.of(4 - step),
      });
      return {
        step({ use, input }) {
          const { embedding } = use(embeddingSpace).queries["query"]!;
          const size = tf.mean<tf.Scalar>(tf.square(embedding));
          // Of a negative number, sqrt is NaN; at 0 its derivative alone is not finite.
          const factor = what === "term" ? tf.add<tf.Scalar>(input(left), 0.5) : input(left);
          const loss = tf.sqrt(tf.mul<tf.Scalar>(size, factor));
          return { terms: { left: { loss } } };
        },
      };
    },
  });

async function train(out: string, plugins: readonly object[], more: Record<string, unknown> = {}) {
  const notices: string[] = [];
  const { config: base } = compositions[0]!;
  const config = await resolveConfig(
    {
      ...smallRun({ ...data, test: null as never }, { use: smallConvNet }),
      ...base,
      plugins: [...(base["plugins"] as object[]), ...plugins],
      checkpoint: { everySteps: 2 },
      ...more,
    },
    ".",
    "test",
  );
  const outcome = await runTraining({
    config,
    out: within(out),
    observers: [{ onNotice: (notice) => void notices.push(notice) }],
  });
  return { config, outcome, notices };
}
const replay = (config: Parameters<typeof replayStep>[0]["config"], run: string, step: number) =>
  replayStep({ config, folder: within(run), step, allowedChanges: [], tell: () => {} });

describe("a step with numbers that are not finite", () => {
  it("stops the run, names plugin, term and tensors, keeps what was good, and can be replayed", async () => {
    const { config, outcome } = await train("term", [{ use: breaking("term") }]);
    expect(outcome.status).toBe("failed");
    expect(outcome.steps).toBe(5);
    expect(outcome.reason).toMatch(
      /^Step 6 gave numbers that are not finite\. Not finite: loss is NaN, breaking\/left \(plugin breaking\) is NaN, gradientNorm is NaN\. Finite: moco\/infoNce \(plugin moco\) is \d\.\d+\. In the state after the step, moco\.online\.encoder\.\S+ has \d+ NaN of \d+, and \d+ more tensors are not finite\. step-0000004 is the last good checkpoint\. `tssl replay /,
    );
    expect(readdirSync(within("term/checkpoints")).filter((name) => name.endsWith(".json"))).toEqual([
      "step-0000002.json",
      "step-0000004.json",
    ]);
    expect(loggedNumbers(within("term")).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);

    const failed = JSON.parse(readFileSync(within("term/failed-step.json"), "utf8")) as FailedStep;
    expect(failed).toMatchObject({ step: 6, epoch: 1, seed: 0, checkpoint: "step-0000004" });
    expect(failed.scalars).toMatchObject({ loss: "NaN", "breaking/left": "NaN" });
    expect(new Set(failed.indices).size).toBe(16);

    const again = await replay(config, "term", 6);
    expect(again).toMatchObject({ checkpoint: "step-0000004", indices: failed.indices, files: failed.files });
    expect(again.learningRate).toBe(failed.learningRate);
    expect(again.scalars["moco/infoNce"]! / Number(failed.scalars["moco/infoNce"])).toBeCloseTo(1, 4);
    const [first] = again.notFinite;
    expect(first).toMatchObject({
      op: "Sqrt",
      phase: "[breaking] step",
      result: { shape: [], nan: 1, infinite: 0 },
      inputs: [{ nan: 0, infinite: 0 }],
    });
    expect(first!.inputs[0]!.max).toBeLessThan(0);
    expect(first!.place).toMatch(/replay\.test\.ts:\d+:\d+$/);
    expect(replayText(again)).toMatch(
      /These ops first gave numbers that are not finite:\n1\. \[breaking\] step: Sqrt gives \[\] with 1 NaN; of \[\] from -\d\.\d+ to -\d\.\d+; .*replay\.test\.ts/,
    );
  });

  it(
    "is told from its gradient where the loss is finite, and by its forward op",
    { tags: "long" },
    async () => {
      const { config, outcome } = await train("gradient", [{ use: breaking("gradient") }], {
        engine: { mode: "eager" },
      });
      expect(outcome.steps).toBe(4);
      expect(outcome.reason).toMatch(
        /^Step 5 gave numbers that are not finite\. Not finite: gradientNorm is NaN\. /,
      );
      const { notFinite, tensors } = await replay(config, "gradient", 5);
      expect(notFinite[0]).toMatchObject({ phase: "[breaking] gradient" });
      const broken = (kind: string) =>
        tensors.filter((each) => each.kind === kind && each.summary.nan > 0).length;
      expect(broken("state before")).toBe(0);
      expect(broken("gradient")).toBeGreaterThan(0);
      expect(broken("state after")).toBeGreaterThan(0);
    },
  );

  it("never becomes a checkpoint, though all that is logged is finite", { tags: "long" }, async () => {
    const spoiling = definePlugin<object>({
      name: "spoiling",
      options: noOptions,
      setup(build) {
        const value = build.variable("value", tf.scalar(1e30));
        return { step: () => ({ terms: {}, after: () => value.assign(tf.mul(value, 1e5)) }) };
      },
    });
    const { outcome } = await train("spoilt", [{ use: spoiling }], { checkpoint: { everySteps: 1 } });
    expect(outcome.reason).toMatch(
      /^Step 2 gave numbers that are not finite\. Its loss terms and its gradient are finite, but values that the optimizer or a plugin wrote are not\. .*In the state after the step, spoiling\.value has 1 infinite of 1\. step-0000001 is the last good/,
    );
    expect(existsSync(within("spoilt/checkpoints/step-0000002.json"))).toBe(false);
  });
});

describe("a healthy step", () => {
  it("replays to the numbers that it had, whichever mode and checkpoint it comes from", async () => {
    const { config } = await train("healthy", [{ use: "clsa" }]);
    const logged = loggedNumbers(within("healthy"))[10]!;
    expect(logged.step).toBe(11);
    const again = await replay(config, "healthy", 11);
    expect(again.notFinite).toEqual([]);
    expect(again.checkpoint).toBe("step-0000010");
    for (const [name, value] of Object.entries(again.scalars)) {
      expect(value / logged.values[name]!, name).toBeCloseTo(1, 3);
    }
    expect(again.learningRate).toBe(logged.values["lr"]);
    expect(replayText(again)).toContain("Every result of every op is finite.");
    const before = readdirSync(within("healthy")).sort();
    writeFileSync(within("healthy/checkpoints/step-0000010.safetensors"), "cut");
    // The state before step 3 is in no checkpoint: all are later.
    expect((await replay(config, "healthy", 3)).checkpoint).toBeUndefined();
    expect(readdirSync(within("healthy")).sort()).toEqual(before);
    await expect(replay(config, "healthy", 13)).rejects.toThrow(
      "--step must be from 1 to 12, the steps of the run, got 13.",
    );
  });

  it("saves the values of its tensors, which are those of one step of SGD", { tags: "long" }, async () => {
    const { config } = await train("saved", []);
    const save = within("new folder/step.safetensors");
    const { learningRate, scalars, tensors } = await replayStep({
      config,
      folder: within("saved"),
      step: 2,
      allowedChanges: [],
      tell: () => {},
      save,
    });
    const file = readFileSync(save);
    const saved = decodeSafetensors(file, "step.safetensors");
    expect(Object.keys(saved).sort()).toEqual(tensors.map(({ kind, name }) => `${kind}/${name}`).sort());
    expect(file.toString("utf8")).toContain(`"step":"2","totalSteps":"12","loss":"${scalars["loss"]}"`);

    const weight = "moco.online.encoder.conv1.weight";
    const [gradient, before, after] = [
      `gradient/${weight}`,
      `state before/${weight}`,
      `state after/${weight}`,
    ];
    const velocity = `optimizer.${weight}.velocity`;
    saved[after]!.data.forEach((value, i) => {
      const at = (name: string) => saved[name]!.data[i]!;
      const moved = 0.9 * at(`state before/${velocity}`) + at(gradient) + 5e-4 * at(before);
      expect(at(`state after/${velocity}`)).toBeCloseTo(moved, 6);
      expect(value).toBeCloseTo(at(before) - learningRate * moved, 6);
    });
    const pixels = saved["view/0.view.query"]!;
    const { summary } = tensors.find(({ kind, name }) => kind === "view" && name === "0.view.query")!;
    expect(pixels.data).toBeInstanceOf(Uint8Array);
    expect(pixels.shape).toEqual([16, 32, 32, 3]);
    expect([Math.min(...pixels.data), Math.max(...pixels.data)]).toEqual([summary.min, summary.max]);
  });
});

it("a tensor that a step leaves behind is named once, with plugin, phase and shape", async () => {
  const leaking = definePlugin<object>({
    name: "leaking",
    options: noOptions,
    setup: () => ({
      step: () => {
        tf.keep(tf.ones([3]));
        return { terms: {}, after: () => void tf.keep(tf.ones([2, 2])) };
      },
    }),
  });
  const leaks = ({ notices }: { readonly notices: readonly string[] }) =>
    notices.filter((notice) => notice.includes("leaves a tensor"));
  const found = leaks(await train("leaking", [{ use: leaking }], { epochs: 1 }));
  expect(found.map((notice) => notice.split(" behind")[0])).toEqual([
    "[leaking] step leaves a tensor ([3] float32)",
    "[leaking] after leaves a tensor ([2, 2] float32)",
  ]);
  expect(leaks(await train("clean", [], { epochs: 1 }))).toEqual([]);
});
