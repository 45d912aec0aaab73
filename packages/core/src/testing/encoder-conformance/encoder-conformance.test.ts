import { startEngine } from "@tssl/engine";
import { beforeAll, describe, expect, it } from "vitest";

import type { AnyEncoder } from "../../networks/encoder.ts";
import * as messages from "../encoder-messages.ts";
import { refusedWith } from "../refusal.ts";
import * as broken from "./broken-encoders.test.data.ts";
import type { EncoderRule } from "./encoder-check.ts";
import { encoderChecks, type EncoderTestOptions } from "./encoder-checks.ts";
import { testEncoder } from "./test-encoder.ts";

// What is as it should be passes.
await testEncoder(broken.whole);

beforeAll(() => startEngine({ device: "cpu" }));

/** What one check has against an encoder; "" if nothing. Line numbers and paths are left out. */
async function verdictOf(
  encoder: AnyEncoder,
  rule: EncoderRule["name"],
  options?: EncoderTestOptions,
): Promise<string> {
  const test = encoderChecks(encoder, options).find(({ name }) => name === messages.encoderCheckNames[rule])!;
  try {
    await test.run();
    return "";
  } catch (error) {
    return (error as Error).message.replaceAll(/\(at [^)]*\/([^/)]+\.ts):\d+:\d+\)/g, "(at $1)");
  }
}

/** Measured numbers, cut after their second digit. */
const cut = (text: string): string => text.replaceAll(/(\d\.\d)\d+/g, "$1");

/** `says`: all that the check says; or a pattern of it, where the engine or tfjs says it. */
type BrokenEncoder = readonly [
  what: string,
  encoder: AnyEncoder,
  says: string | RegExp,
  options?: EncoderTestOptions,
];

const FLOATS = "float32" as const;
const first = { count: 1, size: 32, channels: 3, mode: "training" } as const;

/** The beginning of a sentence of the engine, whose tests hold the whole. */
const engineSays = (beginning: string): RegExp =>
  new RegExp(`^\\[broken\\] ${beginning} \\(at broken-encoders\\.test\\.data\\.ts\\)`);

/** By the check that must find it. */
const brokenEncoders: Readonly<Record<EncoderRule["name"], readonly BrokenEncoder[]>> = {
  features: [
    [
      "rows of another length",
      broken.shortRows,
      messages.featuresMisshapen("broken", 4, first, { shape: [1, 3], dtype: FLOATS }),
    ],
    [
      "whole numbers",
      broken.wholeNumbers,
      messages.featuresMisshapen("broken", 4, first, { shape: [1, 4], dtype: "int32" }),
    ],
    ["infinite numbers", broken.infinite, messages.featuresNotFinite("broken", first)],
    [
      "a batch size that must be 1",
      broken.batchOfOne,
      /^\[broken\] .*8 values.* \(with images \[2, 32, 32, 3\] in mode training\)\. If .* `batchSizes`\.$/s,
    ],
    [
      "views that must be squares",
      broken.squaresAlone,
      messages.passFailed("[broken] The images must be squares.", { ...first, size: [48, 32] }, "viewSizes"),
    ],
  ],
  stages: [
    ["two of one name", broken.sameStageName, messages.stageNameTaken("broken", "one", "features")],
    [
      "one that has the name of the features",
      broken.stageNamedFeatures,
      messages.stageNameTaken("broken", "features", "features"),
    ],
    [
      "another stride",
      broken.otherStride,
      messages.stageMapMisshapen("broken", { name: "two", channels: 4, stride: 2 }, first, {
        wanted: [1, 16, 16, 4],
        got: { shape: [1, 8, 8, 4], dtype: FLOATS },
      }),
    ],
    [
      "another rounding",
      broken.otherRounding,
      messages.stageMapMisshapen(
        "broken",
        { name: "two", channels: 4, stride: 4, rounding: "down" },
        { ...first, size: 30 },
        { wanted: [1, 7, 7, 4], got: { shape: [1, 8, 8, 4], dtype: FLOATS } },
      ),
      { viewSizes: [30] },
    ],
    [
      "other channels",
      broken.otherChannels,
      messages.stageMapMisshapen("broken", { name: "two", channels: 8, stride: 4 }, first, {
        wanted: [1, 8, 8, 8],
        got: { shape: [1, 8, 8, 4], dtype: FLOATS },
      }),
    ],
    [
      "a map in one row",
      broken.flatMap,
      messages.stageMapMisshapen("broken", { name: "two", channels: 4, stride: 4 }, first, {
        wanted: [1, 8, 8, 4],
        got: { shape: [1, 256], dtype: FLOATS },
      }),
    ],
    ["infinite numbers", broken.infiniteMap, messages.stageMapNotFinite("broken", "two", first)],
    [
      "one that takes the images",
      broken.stageOfImages,
      /^\[broken\] .* \(in the stage "two", with images \[1, 32, 32, 3\] in mode training\)\. A stage is given /s,
    ],
    ["a map that is freed", broken.freesMap, messages.mapFreed("broken", "two")],
    [
      "a leak",
      broken.leakInStage,
      messages.tensorLeftByStage("broken", "two", { shape: [3], dtype: FLOATS }),
    ],
    ["values that always move", broken.stageMovesValues, messages.valuesMovedByStages("broken", ["mean"])],
    ["noise", broken.noisyMap, messages.mapVaries("broken", "two")],
    ["the mean of a batch", broken.mapOfBatch, messages.mapNotAlone("broken", "two", 1)],
    [
      "a map that the features are not made of",
      broken.mapBeside,
      messages.featuresOfOtherMap("broken", "two", ["aside.weight"]),
    ],
  ],
  stateThroughScope: [
    [
      "a variable made in build",
      broken.variableInBuild,
      messages.valueBesideScope("broken", [{ shape: [4], dtype: FLOATS }]),
    ],
    ["a trained value that moves", broken.writesTrained, messages.trainedValueWritten("broken", ["mean"])],
  ],
  tensorLeaks: [
    [
      "a leak in build",
      broken.leakInBuild,
      messages.tensorLeftByBuild("broken", [{ shape: [7], dtype: FLOATS }]),
    ],
    [
      "a leak in forward",
      broken.leakInForward,
      messages.tensorLeftByForward("broken", [{ shape: [3], dtype: FLOATS }]),
    ],
    ["images that are freed", broken.freesImages, messages.imagesFreed("broken")],
  ],
  firstValues: [
    ["counted names", broken.countedNames(), messages.namesVary("broken", ["scale0", "scale1"])],
    ["unseeded values", broken.unseeded, messages.encoderFirstValuesVary("broken", ["scale"])],
    ["constants alone", broken.constantStart, messages.seedChangesNothing("broken")],
  ],
  eachImageAlone: [
    ["the mean of a batch", broken.batchMean, messages.imageNotAlone("broken", 0, 1)],
    [
      "statistics that always move",
      broken.movesInInference,
      messages.valuesMovedByInference("broken", ["mean"]),
    ],
    ["noise", broken.noise, messages.featuresVary("broken")],
  ],
  batchNormGroups: [["one group", broken.oneGroup, messages.groupsNotApart("broken", 2, 0.56)]],
  gradientReach: [
    [
      "values that are not used",
      broken.unusedValues,
      messages.valuesWithoutGradient("broken", [
        { name: "spare.weight", shape: [3, 4] },
        { name: "spare.bias", shape: [4] },
      ]),
    ],
    ["features of zero", broken.dead, messages.featuresAllZero("broken")],
    [
      "the root of zero",
      broken.rootOfZero,
      messages.encoderGradientNotFinite("broken", ["fc.weight", "norm.weight", "norm.bias"]),
    ],
    [
      "an exception that is none",
      broken.whole,
      messages.valueWithGradientAfterAll("broken", "fc.weight"),
      { withoutGradient: ["fc.weight"] },
    ],
  ],
  featureGradient: [
    [
      "a gradient twice as long",
      broken.doubledGradient,
      messages.gradientOfOtherFeatures(
        "broken",
        { name: "fc.weight", shape: [3, 4] },
        { measured: 17.7, stated: 35.4 },
      ),
    ],
  ],
  recording: [
    ["a value read", broken.readsValue, engineSays("The step reads a tensor's value")],
    ["Math.random", broken.drawsInJavaScript, engineSays("The step draws random numbers from Math.random")],
    ["tf.randomNormal", broken.noise, engineSays("The step draws random numbers from Math.random")],
  ],
  graphAgrees: [
    [
      "something that JavaScript counts",
      broken.countsPasses,
      messages.encoderModesDiffer("broken", "graph", {
        what: "features in mode training",
        pass: 1,
        error: 0.67,
      }),
    ],
    [
      "a gradient that is another after the first pass",
      broken.otherGradientLater,
      messages.encoderModesDiffer("broken", "graph", {
        what: 'gradient of "fc.weight"',
        pass: 1,
        error: 0.0099,
      }),
    ],
    [
      "a stage that counts",
      broken.countsMaps,
      messages.encoderModesDiffer("broken", "graph", {
        what: 'map of the stage "two" in mode inference',
        pass: 1,
        error: 0.5,
      }),
    ],
  ],
  xlaAgrees: [
    [
      "something that JavaScript counts",
      broken.countsPasses,
      messages.encoderModesDiffer("broken", "xla", {
        what: "features in mode training",
        pass: 1,
        error: 0.67,
      }),
    ],
  ],
  savedValues: [
    [
      "a value beside the saved ones",
      broken.hiddenValue,
      messages.restoredFeaturesDiffer("broken", "inference"),
    ],
  ],
  learning: [
    [
      "a gradient that leads up",
      broken.reversedGradient,
      messages.lossDoesNotFall("broken", 5, { first: 0.5, last: 0.5 }),
    ],
  ],
};

for (const [rule, cases] of Object.entries(brokenEncoders)) {
  describe(`the check ${rule} finds`, () => {
    for (const [what, encoder, says, options] of cases) {
      it(what, async () => {
        const verdict = cut(await verdictOf(encoder, rule as EncoderRule["name"], options));
        if (typeof says === "string") expect(verdict).toBe(cut(says));
        else expect(verdict).toMatch(says);
      });
    }
  });
}

it("takes stages that are as they should be", async () => {
  expect(await verdictOf(broken.wholeStages, "stages")).toBe("");
  expect(await verdictOf(broken.wholeStages, "graphAgrees")).toBe("");
});

it("takes a gradient that is another with the images of one pass alone", async () => {
  expect(await verdictOf(broken.kinkInOnePass, "graphAgrees")).toBe("");
});

it("takes an encoder that starts from weights of its own", async () => {
  expect(await verdictOf(broken.constantStart, "firstValues", { startsTrained: true })).toBe("");
});

it("takes options that the encoder's schema allows, and no others", async () => {
  const { code } = await refusedWith(() => encoderChecks(broken.whole, { options: { depth: 3 } }));
  expect(code).toBe("INVALID_CONFIG");
});
