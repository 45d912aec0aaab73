import { startEngine } from "@tssl/engine";
import { beforeAll, describe, expect, it } from "vitest";

import { embeddingsDisagree, hookFailed, stateOfAnotherPlugin } from "../../messages/hooks.ts";
import type { AnyPlugin } from "../../plugins/plugin.ts";
import * as messages from "../messages.ts";
import { pullToZero } from "../pull-to-zero.ts";
import { refusedWith } from "../refusal.ts";
import * as broken from "./broken-plugins.test.data.ts";
import type { Check } from "./check.ts";
import type { ScalarDifference } from "./differences.ts";
import { pluginChecks, type PluginTestOptions } from "./plugin-checks.ts";
import { testPlugin } from "./test-plugin.ts";
import { wholeContract } from "./whole-contract.test.data.ts";

const { jigsaw, method, term, twins } = broken;
const trespasser = broken.trespasser();

// What is as it should be passes.
await testPlugin(method("method"), { stopGradients: ["key"] });
await testPlugin(term("term"), { on: [method("method")], stopGradients: ["query"] });
describe("plugins with more of the contract", { tags: "long" }, async () => {
  await testPlugin(wholeContract);
  await testPlugin(twins("twins"));
  await testPlugin(jigsaw("jigsaw"));
});

beforeAll(() => startEngine({ device: "cpu" }));

/** What one check has against a plugin; "" if nothing. Line numbers and paths are left out. */
async function verdictOf(
  plugin: AnyPlugin,
  check: Check["name"],
  options?: PluginTestOptions,
): Promise<string> {
  const name = messages.checkNames[check];
  const test = pluginChecks(plugin, options).find((each) => each.name.endsWith(name))!;
  try {
    await test.run();
    return "";
  } catch (error) {
    return (error as Error).message.replaceAll(/\(at [^)]*\/([^/)]+\.ts):\d+:\d+\)/g, "(at $1)");
  }
}

/** Measured numbers, cut after two decimals. */
const cut = (text: string): string => text.replaceAll(/(\d\.\d\d)\d+/g, "$1");

/** `says`: all that the check says; or a pattern of it, where the engine or TensorFlow says it. */
type BrokenPlugin = readonly [
  what: string,
  plugin: AnyPlugin,
  says: string | RegExp,
  options?: PluginTestOptions,
];

const SCALAR = { shape: [], dtype: "float32" } as const;

/** The parameters and the running statistics of the network that a broken plugin trains. */
const NETWORK_PARAMETERS = [
  ...["conv0.weight", "bn0.weight", "bn0.bias", "conv1.weight", "bn1.weight", "bn1.bias"].map(
    (name) => `network.encoder.${name}`,
  ),
  "network.head.weight",
  "network.head.bias",
];
const RUNNING_STATISTICS = ["bn0.running_mean", "bn0.running_var", "bn1.running_mean", "bn1.running_var"].map(
  (name) => `broken.network.encoder.${name}`,
);

/** What measures embeddings refuses them before the check sees them. */
const refusedByTrainer = (shapes: Readonly<Record<string, readonly number[]>>): string =>
  hookFailed("embedding", "step", embeddingsDisagree(shapes)).message;

/** The beginning of a sentence of the engine, whose tests hold the whole. */
const engineSays = (beginning: string): RegExp =>
  new RegExp(`^\\[broken\\] ${beginning} \\(at broken-plugins\\.test\\.data\\.ts\\)`);

const inGraph = (difference: ScalarDifference): string =>
  messages.modesDiffer("broken", messages.scalarDiffersBetweenModes("graph", difference), RATES);

/** Those that modes are compared with. */
const RATES = { learningRate: 0.001, smaller: 0.00001 };

/** By the check that must find it. */
const brokenPlugins: Readonly<Record<Check["name"], readonly BrokenPlugin[]>> = {
  optionDefaults: [
    ["an option without default", broken.noDefault, messages.optionWithoutDefault("broken", "dim")],
    [
      "a default that the schema refuses",
      broken.wrongDefault,
      messages.defaultsRefused(
        "broken",
        "the config has 1 problem:\n  - plugins.broken.dim: must be >= 1, got 0",
      ),
    ],
  ],
  optionRefusals: [
    ["any option", broken.anyOption, messages.unknownOptionAccepted("broken", "noSuchOption")],
    ["any value", broken.anyValue, messages.wrongTypeAccepted("broken", "dim", "text")],
  ],
  views: [
    ["a view that is not used", broken.unusedView, messages.viewNeverRead("broken", "views", "extra")],
    [
      "a view that was not asked for",
      broken.unaskedView,
      messages.viewNotAskedFor("broken", "views", "other", ["image"]),
    ],
    ["patches that are not used", broken.unusedPatches, messages.viewNeverRead("broken", "patches", "tiles")],
    [
      "patches that were not asked for",
      broken.unaskedPatches,
      messages.viewNotAskedFor("broken", "patches", "tiles", ["image"]),
    ],
    [
      "patches looked for among the views",
      broken.patchesAmongViews,
      messages.patchesReadAsView("broken", "tiles"),
    ],
    [
      "an image looked for among the patches",
      broken.imageAmongPatches,
      messages.viewReadAsPatches("broken", "image"),
    ],
  ],
  labels: [
    ["labels that were not asked for", broken.readsLabels, messages.labelsNotNamed("broken")],
    ["labels for nothing", broken.namesLabels, messages.labelsNeverRead("broken")],
  ],
  publications: [
    ["a publication that does not come", broken.silent, messages.announcedNotPublished("broken", "word")],
    [
      "a publication that was not announced",
      broken.secretive,
      messages.publishedNotAnnounced("broken", "word"),
    ],
    [
      "a use that was not announced",
      broken.eavesdropper,
      messages.usedNotRequired("broken", "embeddingSpace"),
      { on: [broken.talkative] },
    ],
    ["a look that was not announced", broken.looksUnnamed, messages.soughtNotNamed("broken", "word")],
    ["a look that does not come", broken.looksNowhere, messages.namedNotSought("broken", "word")],
    [
      "a use where a look was announced",
      broken.takesForGranted,
      messages.usedThoughOptional("broken", "embeddingSpace"),
      { on: [method("method")] },
    ],
  ],
  publishedSpace: [
    ["candidates with gradient", broken.candidatesWithGradient, messages.candidatesWithGradient("broken")],
    [
      "rows that are not normalized",
      broken.longRows,
      messages.spaceRowsNotNormalized("broken", "candidates", 2),
    ],
    [
      "positives that are no candidates",
      broken.positiveOutside,
      messages.noSuchCandidate("broken", "query", "positives", 20, 20),
    ],
    ["positives that are left out", broken.positiveLeftOut, messages.positiveLeftOut("broken", "query", 0)],
    ["a loss without gradient", broken.deadLossOf, messages.lossOfWithoutGradient("broken", "query")],
    [
      "a loss that teaches more than the query",
      broken.lossOfOwnQuery,
      messages.lossOfWithOtherGradient("broken", "query"),
    ],
  ],
  publishedEmbeddings: [
    ["one view alone", broken.oneEmbedding, refusedByTrainer({ first: [4, 4] })],
    [
      "a name that no view has",
      broken.embeddingOfNoView,
      messages.embeddingOfNoView("broken", "other", ["first", "second"]),
    ],
    [
      "rows of another length",
      broken.embeddingsOfTwoLengths,
      refusedByTrainer({ first: [4, 4], second: [4, 3] }),
    ],
    [
      "a row for each pair of images",
      broken.rowsOfPairs,
      ["first", "second"]
        .map((view) => messages.embeddingMisshapen("broken", view, 4, { shape: [2, 4], dtype: "float32" }))
        .join("\n"),
    ],
    [
      "the same rows for both views",
      broken.twiceTheSame,
      messages.embeddingsAlike("broken", "first", "second"),
    ],
  ],
  stateThroughBuild: [
    [
      "a variable made in setup",
      broken.variableInSetup,
      messages.variableBesideState("broken", "setup", [{ shape: [1, 2], dtype: "float32" }]),
    ],
    [
      "a variable made in step",
      broken.variableInStep,
      messages.variableBesideState("broken", "step", [SCALAR]),
    ],
    [
      "a tensor carried from step to step",
      broken.carriedTensor(),
      messages.tensorCarriedOver("broken", "step", [SCALAR]),
    ],
  ],
  tensorLeaks: [
    [
      "a leak in step",
      broken.leakInStep,
      messages.tensorLeftByStep("broken", "step", [{ shape: [3], dtype: "float32" }]),
    ],
    [
      "a leak in after",
      broken.leakInAfter,
      messages.tensorLeftByStep("broken", "after", [{ shape: [5], dtype: "int32" }]),
    ],
    [
      "a leak in setup",
      broken.leakInSetup,
      messages.tensorLeftAtEnd("broken", "setup", [{ shape: [7], dtype: "float32" }]),
    ],
  ],
  stateWrites: [
    [
      "a queue filled in step",
      broken.writesInStep,
      messages.stateWrittenInStep("broken", ["broken.keys.rows", "broken.keys.cursor"]),
    ],
    [
      "a bank written in step",
      broken.writesBankInStep,
      messages.stateWrittenInStep("broken", ["broken.bank.rows"]),
    ],
    [
      "a parameter written in step",
      broken.writesParameterInStep,
      messages.stateWrittenInStep("broken", ["broken.point"]),
    ],
  ],
  runningStatistics: [
    [
      "an encoder in mode inference",
      broken.stillStatistics,
      messages.statisticsStandStill("broken", RUNNING_STATISTICS),
    ],
  ],
  momentumEncoders: [
    [
      "an update once a part",
      broken.movesOnceAPart,
      messages.encoderMovedElsewhere("broken", "after", "broken.target"),
    ],
    ["no update", broken.movesNever, messages.encoderNeverMoved("broken", "broken.target")],
    ["two updates", broken.movesTwice, messages.encoderMovedOften("broken", "broken.target", 2)],
  ],
  replicas: [
    [
      "embeddings of all replicas",
      broken.gatheredEmbeddings,
      messages.embeddingsGathered("broken", ["first", "second"]),
    ],
    [
      "a queue of a replica's own rows",
      broken.ownRowsInQueue,
      messages.stateDiffersBetweenReplicas("broken", ["broken.keys.rows"]),
    ],
    ["candidates of one replica", broken.ownCandidates, messages.candidatesDifferBetweenReplicas("broken")],
    [
      "positives without rank",
      broken.positivesOfRank0,
      messages.termDependsOnRank("broken", "contrast", [2.541, 2.901]),
    ],
    [
      "published positives without rank",
      broken.publishedOfRank0,
      messages.candidateNumbersDependOnRank("broken", [{ query: "query", field: "positives" }]),
    ],
  ],
  representation: [
    [
      "another length than said",
      broken.wrongFeatureDim,
      messages.representationMisshapen("broken", 4, 4, { shape: [4, 2], dtype: "float32" }),
    ],
    [
      "batch norm in training",
      broken.representsInTraining,
      [
        messages.representationDependsOnBatch("broken"),
        messages.representationMovesState("broken", RUNNING_STATISTICS),
      ].join("\n"),
    ],
    ["a random number", broken.representsAtRandom, messages.representationVaries("broken")],
    [
      "a value read in a representation",
      broken.representationReads,
      engineSays("The step reads a tensor's value"),
    ],
    [
      "a representation without network",
      broken.representsNothing,
      messages.representationWithoutNetwork("broken"),
      { on: [method("method")] },
    ],
  ],
  phases: [
    [
      "a phase that counts",
      broken.countsPhases(),
      messages.phaseChangesItsAnswer("broken", 0, { key: "one" }, { key: "other" }),
    ],
    [
      "a frozen name that there is not",
      broken.freezesNothing,
      messages.frozenUnknown("broken", "frozen", "prototypes", NETWORK_PARAMETERS),
    ],
    [
      "one key for two phases",
      broken.freezesWithoutKey,
      messages.keyOfTwoPhases("broken", "only", ["network.head"], [], 8),
    ],
    [
      "a frozen parameter that moves",
      broken.movesFrozen,
      messages.frozenMoves("broken", "first", ["broken.point"]),
    ],
  ],
  hostWork: [
    ["Math.random", broken.unseededWork, messages.hostWorkVaries("broken", ["broken.center"], 0)],
    [
      "values of another shape",
      broken.longWork,
      messages.writtenMisshapen("broken", "broken.center", new Float32Array(3), new Float32Array(2)),
    ],
    ["an assignment", broken.assigningWork, messages.stateAssignedByHand("broken", ["broken.center"])],
    [
      "a trace of a stop",
      broken.workThatCleansUp,
      messages.stoppedWorkLeavesTrace("broken", ["broken.center"]),
    ],
    [
      "a stop that is remembered",
      broken.workThatRemembersItsStop(),
      messages.hostWorkRemembersStop("broken", ["broken.center"]),
    ],
    [
      "another plugin's state",
      trespasser.plugin,
      hookFailed("broken", "beforeEpoch", stateOfAnotherPlugin("broken", "owner.center")).message,
      { on: [trespasser.owner] },
    ],
  ],
  gradientReach: [
    [
      "a term without gradient",
      broken.noGradient,
      messages.termWithoutGradient("broken", "other", "broken.network.encoder."),
    ],
    [
      "a network that learns nothing",
      broken.unusedNetwork,
      messages.parametersWithoutGradient(
        "broken",
        NETWORK_PARAMETERS.map((name) => `broken.${name.replace("network", "spare")}`),
      ),
    ],
    [
      "an exception that is none",
      pullToZero("broken"),
      messages.gradientAfterAll("broken", "broken/size"),
      { withoutGradient: ["broken/size"] },
    ],
    [
      "a parameter that no term reaches",
      broken.untaughtParameter,
      messages.parametersWithoutGradient("broken", ["broken.prototypes"]),
    ],
    [
      "a module that no term reaches",
      broken.untaughtModule,
      messages.parametersWithoutGradient("broken", ["broken.predictor.0.weight", "broken.predictor.0.bias"]),
    ],
  ],
  stoppedGradients: [
    [
      "a teacher that is not detached",
      broken.teacherNotDetached,
      messages.gradientNotStopped("broken", "follow", "query"),
      { on: [method("method")], stopGradients: ["query"] },
    ],
    [
      "a target that is trained",
      broken.targetWithGradient,
      messages.gradientNotStopped("broken", "contrast", "key"),
      { stopGradients: ["key"] },
    ],
    [
      "a view that there is not",
      method("broken"),
      messages.stopAtNoView("broken", "kee", ["query", "key"]),
      { stopGradients: ["kee"] },
    ],
  ],
  lossGradient: [
    [
      "a wrong gradient",
      broken.wrongGradient,
      messages.gradientOfAnotherLoss("broken", { measured: 2.4, stated: 4.79 }),
    ],
  ],
  stepSizes: [
    [
      "a loss per image",
      broken.vectorLoss,
      messages.notScalar("broken", "term", "size", { shape: [3], dtype: "float32" }, { batchSize: 3 }),
    ],
    [
      "a metric that is no float",
      broken.countsInInt,
      messages.notScalar("broken", "metric", "images", { shape: [], dtype: "int32" }, { batchSize: 3 }),
    ],
    [
      "a batch that must be even",
      broken.evenBatches,
      /^\[broken\] step failed: .* multiple of 4 \(at a batch size of 3\)\.$/s,
    ],
  ],
  recording: [
    ["a value read", broken.readsValue, engineSays("step failed: The step reads a tensor's value")],
    ["a value read without waiting", broken.readsValueLater, engineSays("The step reads a tensor's value")],
    [
      "Math.random",
      broken.drawsInJavaScript,
      engineSays("step failed: The step draws random numbers from Math.random"),
    ],
    [
      "tf.randomUniform",
      broken.drawsWithTfjs,
      engineSays("step failed: The step draws random numbers from Math.random"),
    ],
    [
      "an op that draws",
      broken.drawsInTensorFlow,
      engineSays("step failed: The step draws random numbers from the op RandomUniform"),
    ],
  ],
  modesAgree: [
    [
      "something that JavaScript counts",
      broken.countsSteps,
      inGraph({ step: 1, name: "loss", found: 0.16, wanted: 0.24 }),
    ],
    [
      "something that JavaScript remembers of a phase",
      broken.firstOfPhase,
      inGraph({ step: 9, name: "loss", found: 0.18, wanted: 0.09 }),
    ],
    [
      "steps so large that rounding makes others of them",
      broken.steep,
      /^\[broken\] The engine's modes .* with a learning rate of 0\.00001 instead of 0\.001 the modes agree, so set learningRate: 0\.00001 /,
    ],
    [
      "a loss that is no number before anything is trained",
      broken.notANumberAtOnce,
      messages.notFiniteAtOnce("broken", { step: 0, name: "broken/size", value: NaN }),
    ],
    [
      "a loss that becomes infinite with every learning rate",
      broken.infiniteInStep5,
      messages.notFiniteLater("broken", { step: 5, name: "broken/size", value: Infinity }, RATES),
    ],
    [
      "a loss that large steps make infinite",
      broken.growsWithoutBound,
      /^\[broken\] "broken\/size" is .* with a learning rate of 0\.001; with 0\.00001 all steps are finite\. /,
    ],
  ],
  determinism: [
    ["a random first value", broken.randomStart, messages.firstValuesVary("broken", ["broken.center"])],
    ["a random input", broken.randomInput, messages.inputsVary("broken", ["broken.noise"], 0)],
    ["random views", broken.randomViews, messages.viewsVary("broken")],
    [
      "a difference between runs",
      broken.countsRuns(),
      messages.runsDiffer("broken", { step: 0, name: "loss", found: 0.08, wanted: 0.04 }),
    ],
  ],
  resume: [
    [
      "a memory in JavaScript",
      broken.countsSteps,
      messages.resumedRunDiffers(
        "broken",
        { step: 2, workDone: false },
        { step: 2, name: "loss", found: 0.03, wanted: 0.07 },
      ),
    ],
    [
      "a memory of work before an epoch",
      broken.rememberingWork,
      messages.resumedRunDiffers(
        "broken",
        { step: 2, workDone: false },
        { step: 2, name: "loss", found: 0.01, wanted: 0.03 },
      ),
    ],
  ],
};

for (const [check, cases] of Object.entries(brokenPlugins)) {
  describe(`the check ${check} finds`, () => {
    for (const [what, plugin, says, options] of cases) {
      it(what, async () => {
        const verdict = await verdictOf(plugin, check as Check["name"], options);
        if (typeof says === "string") expect(cut(verdict)).toBe(cut(says));
        else expect(verdict).toMatch(says);
      });
    }
  });
}

describe("pluginChecks", () => {
  it("wants a company for a plugin that requires one", async () => {
    expect(await refusedWith(() => pluginChecks(term("term")))).toEqual({
      code: "INVALID_PLUGIN",
      data: { plugin: "term", publications: ["embeddingSpace"] },
    });
  });

  it("names the company in the tests, the options once", () => {
    const tests = pluginChecks(term("term"), { on: [method("one"), { use: method("other") }] });
    const names = tests.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const named = (check: Check["name"]) => names.filter((name) => name.endsWith(messages.checkNames[check]));
    expect(named("tensorLeaks")).toEqual(
      ["one", "other"].map((host) => messages.testName("tensorLeaks", host)),
    );
    expect(named("optionDefaults")).toEqual([messages.checkNames.optionDefaults]);
  });
});
