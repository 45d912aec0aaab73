import { startEngine } from "@tssl/engine";
import { beforeAll, describe, expect, it } from "vitest";

import { embeddingsDisagree, hookFailed, stateOfAnotherPlugin } from "../../messages/hooks.ts";
import type { AnyPlugin } from "../../plugins/plugin.ts";
import { checkNames, testName } from "../messages/check-names.ts";
import {
  firstValuesVary,
  inputsVary,
  resumedRunDiffers,
  runsDiffer,
  viewsVary,
} from "../messages/determinism.ts";
import {
  candidatesWithGradient,
  lossOfWithOtherGradient,
  lossOfWithoutGradient,
  noSuchCandidate,
  positiveLeftOut,
  spaceRowsNotNormalized,
} from "../messages/embedding-space.ts";
import { embeddingMisshapen, embeddingOfNoView, embeddingsAlike } from "../messages/embeddings.ts";
import {
  gradientAfterAll,
  gradientNotStopped,
  gradientOfAnotherLoss,
  parametersWithoutGradient,
  stopAtNoView,
  termWithoutGradient,
} from "../messages/gradients.ts";
import {
  hostWorkRemembersStop,
  hostWorkVaries,
  stateAssignedByHand,
  stoppedWorkLeavesTrace,
  writtenMisshapen,
} from "../messages/host-work.ts";
import { labelsNeverRead, labelsNotNamed } from "../messages/labels.ts";
import {
  modesDiffer,
  notFiniteAtOnce,
  notFiniteLater,
  scalarDiffersBetweenModes,
} from "../messages/modes.ts";
import {
  encoderMovedElsewhere,
  encoderMovedOften,
  encoderNeverMoved,
  statisticsStandStill,
} from "../messages/networks.ts";
import {
  defaultsRefused,
  optionWithoutDefault,
  unknownOptionAccepted,
  wrongTypeAccepted,
} from "../messages/options.ts";
import { frozenMoves, frozenUnknown, keyOfTwoPhases, phaseChangesItsAnswer } from "../messages/phases.ts";
import {
  announcedNotPublished,
  namedNotSought,
  publishedNotAnnounced,
  soughtNotNamed,
  usedNotRequired,
  usedThoughOptional,
} from "../messages/publications.ts";
import {
  candidateNumbersDependOnRank,
  candidatesDifferBetweenReplicas,
  embeddingsGathered,
  stateDiffersBetweenReplicas,
  termDependsOnRank,
} from "../messages/replicas.ts";
import {
  representationDependsOnBatch,
  representationMisshapen,
  representationMovesState,
  representationVaries,
  representationWithoutNetwork,
} from "../messages/representation.ts";
import {
  stateWrittenInStep,
  tensorCarriedOver,
  tensorLeftAtEnd,
  tensorLeftByStep,
  variableBesideState,
} from "../messages/state.ts";
import { notScalar } from "../messages/step-sizes.ts";
import { patchesReadAsView, viewNeverRead, viewNotAskedFor, viewReadAsPatches } from "../messages/views.ts";
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
  const name = checkNames[check];
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
  modesDiffer("broken", scalarDiffersBetweenModes("graph", difference), RATES);

/** Those that modes are compared with. */
const RATES = { learningRate: 0.001, smaller: 0.00001 };

/** By the check that must find it. */
const brokenPlugins: Readonly<Record<Check["name"], readonly BrokenPlugin[]>> = {
  optionDefaults: [
    ["an option without default", broken.noDefault, optionWithoutDefault("broken", "dim")],
    [
      "a default that the schema refuses",
      broken.wrongDefault,
      defaultsRefused("broken", "the config has 1 problem:\n  - plugins.broken.dim: must be >= 1, got 0"),
    ],
  ],
  optionRefusals: [
    ["any option", broken.anyOption, unknownOptionAccepted("broken", "noSuchOption")],
    ["any value", broken.anyValue, wrongTypeAccepted("broken", "dim", "text")],
  ],
  views: [
    ["a view that is not used", broken.unusedView, viewNeverRead("broken", "views", "extra")],
    [
      "a view that was not asked for",
      broken.unaskedView,
      viewNotAskedFor("broken", "views", "other", ["image"]),
    ],
    ["patches that are not used", broken.unusedPatches, viewNeverRead("broken", "patches", "tiles")],
    [
      "patches that were not asked for",
      broken.unaskedPatches,
      viewNotAskedFor("broken", "patches", "tiles", ["image"]),
    ],
    ["patches looked for among the views", broken.patchesAmongViews, patchesReadAsView("broken", "tiles")],
    ["an image looked for among the patches", broken.imageAmongPatches, viewReadAsPatches("broken", "image")],
  ],
  labels: [
    ["labels that were not asked for", broken.readsLabels, labelsNotNamed("broken")],
    ["labels for nothing", broken.namesLabels, labelsNeverRead("broken")],
  ],
  publications: [
    ["a publication that does not come", broken.silent, announcedNotPublished("broken", "word")],
    ["a publication that was not announced", broken.secretive, publishedNotAnnounced("broken", "word")],
    [
      "a use that was not announced",
      broken.eavesdropper,
      usedNotRequired("broken", "embeddingSpace"),
      { on: [broken.talkative] },
    ],
    ["a look that was not announced", broken.looksUnnamed, soughtNotNamed("broken", "word")],
    ["a look that does not come", broken.looksNowhere, namedNotSought("broken", "word")],
    [
      "a use where a look was announced",
      broken.takesForGranted,
      usedThoughOptional("broken", "embeddingSpace"),
      { on: [method("method")] },
    ],
  ],
  publishedSpace: [
    ["candidates with gradient", broken.candidatesWithGradient, candidatesWithGradient("broken")],
    ["rows that are not normalized", broken.longRows, spaceRowsNotNormalized("broken", "candidates", 2)],
    [
      "positives that are no candidates",
      broken.positiveOutside,
      noSuchCandidate("broken", "query", "positives", 20, 20),
    ],
    ["positives that are left out", broken.positiveLeftOut, positiveLeftOut("broken", "query", 0)],
    ["a loss without gradient", broken.deadLossOf, lossOfWithoutGradient("broken", "query")],
    [
      "a loss that teaches more than the query",
      broken.lossOfOwnQuery,
      lossOfWithOtherGradient("broken", "query"),
    ],
  ],
  publishedEmbeddings: [
    ["one view alone", broken.oneEmbedding, refusedByTrainer({ first: [4, 4] })],
    [
      "a name that no view has",
      broken.embeddingOfNoView,
      embeddingOfNoView("broken", "other", ["first", "second"]),
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
        .map((view) => embeddingMisshapen("broken", view, 4, { shape: [2, 4], dtype: "float32" }))
        .join("\n"),
    ],
    ["the same rows for both views", broken.twiceTheSame, embeddingsAlike("broken", "first", "second")],
  ],
  stateThroughBuild: [
    [
      "a variable made in setup",
      broken.variableInSetup,
      variableBesideState("broken", "setup", [{ shape: [1, 2], dtype: "float32" }]),
    ],
    ["a variable made in step", broken.variableInStep, variableBesideState("broken", "step", [SCALAR])],
    [
      "a tensor carried from step to step",
      broken.carriedTensor(),
      tensorCarriedOver("broken", "step", [SCALAR]),
    ],
  ],
  tensorLeaks: [
    [
      "a leak in step",
      broken.leakInStep,
      tensorLeftByStep("broken", "step", [{ shape: [3], dtype: "float32" }]),
    ],
    [
      "a leak in after",
      broken.leakInAfter,
      tensorLeftByStep("broken", "after", [{ shape: [5], dtype: "int32" }]),
    ],
    [
      "a leak in setup",
      broken.leakInSetup,
      tensorLeftAtEnd("broken", "setup", [{ shape: [7], dtype: "float32" }]),
    ],
  ],
  stateWrites: [
    [
      "a queue filled in step",
      broken.writesInStep,
      stateWrittenInStep("broken", ["broken.keys.rows", "broken.keys.cursor"]),
    ],
    ["a bank written in step", broken.writesBankInStep, stateWrittenInStep("broken", ["broken.bank.rows"])],
    [
      "a parameter written in step",
      broken.writesParameterInStep,
      stateWrittenInStep("broken", ["broken.point"]),
    ],
  ],
  runningStatistics: [
    [
      "an encoder in mode inference",
      broken.stillStatistics,
      statisticsStandStill("broken", RUNNING_STATISTICS),
    ],
  ],
  momentumEncoders: [
    [
      "an update once a part",
      broken.movesOnceAPart,
      encoderMovedElsewhere("broken", "after", "broken.target"),
    ],
    ["no update", broken.movesNever, encoderNeverMoved("broken", "broken.target")],
    ["two updates", broken.movesTwice, encoderMovedOften("broken", "broken.target", 2)],
  ],
  replicas: [
    [
      "embeddings of all replicas",
      broken.gatheredEmbeddings,
      embeddingsGathered("broken", ["first", "second"]),
    ],
    [
      "a queue of a replica's own rows",
      broken.ownRowsInQueue,
      stateDiffersBetweenReplicas("broken", ["broken.keys.rows"]),
    ],
    ["candidates of one replica", broken.ownCandidates, candidatesDifferBetweenReplicas("broken")],
    [
      "positives without rank",
      broken.positivesOfRank0,
      termDependsOnRank("broken", "contrast", [2.541, 2.901]),
    ],
    [
      "published positives without rank",
      broken.publishedOfRank0,
      candidateNumbersDependOnRank("broken", [{ query: "query", field: "positives" }]),
    ],
  ],
  representation: [
    [
      "another length than said",
      broken.wrongFeatureDim,
      representationMisshapen("broken", 4, 4, { shape: [4, 2], dtype: "float32" }),
    ],
    [
      "batch norm in training",
      broken.representsInTraining,
      [representationDependsOnBatch("broken"), representationMovesState("broken", RUNNING_STATISTICS)].join(
        "\n",
      ),
    ],
    ["a random number", broken.representsAtRandom, representationVaries("broken")],
    [
      "a value read in a representation",
      broken.representationReads,
      engineSays("The step reads a tensor's value"),
    ],
    [
      "a representation without network",
      broken.representsNothing,
      representationWithoutNetwork("broken"),
      { on: [method("method")] },
    ],
  ],
  phases: [
    [
      "a phase that counts",
      broken.countsPhases(),
      phaseChangesItsAnswer("broken", 0, { key: "one" }, { key: "other" }),
    ],
    [
      "a frozen name that there is not",
      broken.freezesNothing,
      frozenUnknown("broken", "frozen", "prototypes", NETWORK_PARAMETERS),
    ],
    [
      "one key for two phases",
      broken.freezesWithoutKey,
      keyOfTwoPhases("broken", "only", ["network.head"], [], 8),
    ],
    ["a frozen parameter that moves", broken.movesFrozen, frozenMoves("broken", "first", ["broken.point"])],
  ],
  hostWork: [
    ["Math.random", broken.unseededWork, hostWorkVaries("broken", ["broken.center"], 0)],
    [
      "values of another shape",
      broken.longWork,
      writtenMisshapen("broken", "broken.center", new Float32Array(3), new Float32Array(2)),
    ],
    ["an assignment", broken.assigningWork, stateAssignedByHand("broken", ["broken.center"])],
    ["a trace of a stop", broken.workThatCleansUp, stoppedWorkLeavesTrace("broken", ["broken.center"])],
    [
      "a stop that is remembered",
      broken.workThatRemembersItsStop(),
      hostWorkRemembersStop("broken", ["broken.center"]),
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
      termWithoutGradient("broken", "other", "broken.network.encoder."),
    ],
    [
      "a network that learns nothing",
      broken.unusedNetwork,
      parametersWithoutGradient(
        "broken",
        NETWORK_PARAMETERS.map((name) => `broken.${name.replace("network", "spare")}`),
      ),
    ],
    [
      "an exception that is none",
      pullToZero("broken"),
      gradientAfterAll("broken", "broken/size"),
      { withoutGradient: ["broken/size"] },
    ],
    [
      "a parameter that no term reaches",
      broken.untaughtParameter,
      parametersWithoutGradient("broken", ["broken.prototypes"]),
    ],
    [
      "a module that no term reaches",
      broken.untaughtModule,
      parametersWithoutGradient("broken", ["broken.predictor.0.weight", "broken.predictor.0.bias"]),
    ],
  ],
  stoppedGradients: [
    [
      "a teacher that is not detached",
      broken.teacherNotDetached,
      gradientNotStopped("broken", "follow", "query"),
      { on: [method("method")], stopGradients: ["query"] },
    ],
    [
      "a target that is trained",
      broken.targetWithGradient,
      gradientNotStopped("broken", "contrast", "key"),
      { stopGradients: ["key"] },
    ],
    [
      "a view that there is not",
      method("broken"),
      stopAtNoView("broken", "kee", ["query", "key"]),
      { stopGradients: ["kee"] },
    ],
  ],
  lossGradient: [
    [
      "a wrong gradient",
      broken.wrongGradient,
      gradientOfAnotherLoss("broken", { measured: 2.4, stated: 4.79 }),
    ],
  ],
  stepSizes: [
    [
      "a loss per image",
      broken.vectorLoss,
      notScalar("broken", "term", "size", { shape: [3], dtype: "float32" }, { batchSize: 3 }),
    ],
    [
      "a metric that is no float",
      broken.countsInInt,
      notScalar("broken", "metric", "images", { shape: [], dtype: "int32" }, { batchSize: 3 }),
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
      notFiniteAtOnce("broken", { step: 0, name: "broken/size", value: NaN }),
    ],
    [
      "a loss that becomes infinite with every learning rate",
      broken.infiniteInStep5,
      notFiniteLater("broken", { step: 5, name: "broken/size", value: Infinity }, RATES),
    ],
    [
      "a loss that large steps make infinite",
      broken.growsWithoutBound,
      /^\[broken\] "broken\/size" is .* with a learning rate of 0\.001; with 0\.00001 all steps are finite\. /,
    ],
  ],
  determinism: [
    ["a random first value", broken.randomStart, firstValuesVary("broken", ["broken.center"])],
    ["a random input", broken.randomInput, inputsVary("broken", ["broken.noise"], 0)],
    ["random views", broken.randomViews, viewsVary("broken")],
    [
      "a difference between runs",
      broken.countsRuns(),
      runsDiffer("broken", { step: 0, name: "loss", found: 0.08, wanted: 0.04 }),
    ],
  ],
  resume: [
    [
      "a memory in JavaScript",
      broken.countsSteps,
      resumedRunDiffers(
        "broken",
        { step: 2, workDone: false },
        { step: 2, name: "loss", found: 0.03, wanted: 0.07 },
      ),
    ],
    [
      "a memory of work before an epoch",
      broken.rememberingWork,
      resumedRunDiffers(
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
    const named = (check: Check["name"]) => names.filter((name) => name.endsWith(checkNames[check]));
    expect(named("tensorLeaks")).toEqual(["one", "other"].map((host) => testName("tensorLeaks", host)));
    expect(named("optionDefaults")).toEqual([checkNames.optionDefaults]);
  });
});
