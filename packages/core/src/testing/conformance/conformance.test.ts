import { startEngine } from "@tssl/engine";
import { beforeAll, describe, expect, it } from "vitest";

import type { AnyPlugin } from "../../plugins/plugin.ts";
import { pullToZero } from "../pull-to-zero.ts";
import { refusal } from "../refusal.ts";
import * as broken from "./broken-plugins.test.data.ts";
import { pluginChecks, type PluginTestOptions } from "./plugin-checks.ts";
import { testPlugin } from "./test-plugin.ts";
import { wholeContract } from "./whole-contract.test.data.ts";

const { jigsaw, method, term, twins } = broken;
const trespasser = broken.trespasser();

// What is as it should be passes.
await testPlugin(wholeContract);
await testPlugin(method("method"), { stopGradients: ["key"] });
await testPlugin(twins("twins"));
await testPlugin(jigsaw("jigsaw"));
await testPlugin(term("term"), { on: [method("method")], stopGradients: ["query"] });

beforeAll(() => startEngine({ device: "cpu" }));

/**
 * What one test, found by words of its name, has against a plugin; "" if nothing. Line numbers and paths are
 * left out.
 */
async function verdictOf(plugin: AnyPlugin, test: string, options?: PluginTestOptions): Promise<string> {
  const check = pluginChecks(plugin, options).find(({ name }) => name.includes(test))!;
  try {
    await check.run();
    return "";
  } catch (error) {
    return (error as Error).message.replaceAll(/\(at [^)]*\/([^/)]+\.ts):\d+:\d+\)/g, "(at $1)");
  }
}

interface BrokenPlugin {
  readonly what: string;
  readonly plugin: AnyPlugin;
  readonly options?: PluginTestOptions;
  /** All that the test says, or a pattern of it where it holds measured numbers. */
  readonly verdict: string | RegExp;
}

/** By words of the name of the test that must find it. */
const brokenPlugins: Readonly<Record<string, readonly BrokenPlugin[]>> = {
  "has a default": [
    {
      what: "an option without default",
      plugin: broken.noDefault,
      verdict:
        '[broken] The option "dim" has no default: a config must be able to leave it out. Give its schema one.',
    },
    {
      what: "a default that the schema refuses",
      plugin: broken.wrongDefault,
      verdict:
        "[broken] The defaults are refused by the schema they stand in: test has 1 problem:\n  - plugins.broken.dim: must be >= 1, got 0",
    },
  ],
  "refuses unknown options": [
    {
      what: "any option",
      plugin: broken.anyOption,
      verdict:
        "[broken] An option that does not exist is accepted. Set additionalProperties to false in the schema of its options.",
    },
    {
      what: "any value",
      plugin: broken.anyValue,
      verdict: '[broken] The option "dim" with the value "text" is accepted. Give its schema a type.',
    },
  ],
  "reads the views": [
    {
      what: "a view that is not used",
      plugin: broken.unusedView,
      verdict:
        '[broken] asks for the view "extra", which no plugin reads: every image would be made for nothing. Leave it out of `views`.',
    },
    {
      what: "a view that was not asked for",
      plugin: broken.unaskedView,
      verdict:
        '[broken] step reads the view "other", which no plugin asks for (asked for: "image"). Return it from `views`.',
    },
    {
      what: "patches that are not used",
      plugin: broken.unusedPatches,
      verdict:
        '[broken] asks for the patches "tiles", which no plugin reads: every image would be made for nothing. Leave it out of `views`.',
    },
    {
      what: "patches that were not asked for",
      plugin: broken.unaskedPatches,
      verdict:
        '[broken] step reads the patches "tiles", which no plugin asks for (asked for: "image"). Return it from `views`.',
    },
    {
      what: "patches looked for among the views",
      plugin: broken.patchesAmongViews,
      verdict:
        '[broken] step reads the view "tiles", whose recipe cuts patches. Read it from `patches` of the context.',
    },
    {
      what: "an image looked for among the patches",
      plugin: broken.imageAmongPatches,
      verdict:
        '[broken] step reads the patches "image", whose recipe cuts none. Read it from `views` of the context.',
    },
  ],
  "uses what it requires": [
    {
      what: "a publication that does not come",
      plugin: broken.silent,
      verdict: '[broken] names "word" in `publishes`, but step does not publish it.',
    },
    {
      what: "a publication that was not announced",
      plugin: broken.secretive,
      verdict: '[broken] step publishes "word", which `publishes` does not name: no plugin could require it.',
    },
    {
      what: "a use that was not announced",
      plugin: broken.eavesdropper,
      options: { on: [broken.talkative] },
      verdict:
        '[broken] step uses "embeddingSpace", which `requires` does not name: its publisher may run later.',
    },
    {
      what: "a look that was not announced",
      plugin: broken.looksUnnamed,
      verdict:
        '[broken] step looks for "word" with `find`, which `uses` does not name: its publisher may run later. Name it there.',
    },
    {
      what: "a look that does not come",
      plugin: broken.looksNowhere,
      verdict: '[broken] names "word" in `uses`, but step never looks for it with `find`. Leave it out.',
    },
    {
      what: "a use where a look was announced",
      plugin: broken.takesForGranted,
      options: { on: [method("method")] },
      verdict:
        '[broken] step uses "embeddingSpace", which `uses` names and `requires` does not: where nobody publishes it, `use` throws. Look for it with `find`, or name it in `requires`.',
    },
  ],
  "publishes an embedding space": [
    {
      what: "candidates with gradient",
      plugin: broken.candidatesWithGradient,
      verdict:
        "[broken] embeddingSpace: candidates must come without gradient, and one flows through them. Make them inside withoutGradient.",
    },
    {
      what: "rows that are not normalized",
      plugin: broken.longRows,
      verdict: "[broken] embeddingSpace: candidates must have rows of length 1, got one of length 2.000.",
    },
    {
      what: "positives that are no candidates",
      plugin: broken.positiveOutside,
      verdict:
        '[broken] embeddingSpace: the positives of "query" must be numbers of candidates, 0 .. 19, got 20.',
    },
    {
      what: "positives that are left out",
      plugin: broken.positiveLeftOut,
      verdict:
        '[broken] embeddingSpace: sameView of "query" must be another candidate than the positive, got 0 for both.',
    },
    {
      what: "a contrast without gradient",
      plugin: broken.deadLossOf,
      verdict:
        '[broken] embeddingSpace: lossOf of "query" must pass a gradient on to the query, and none flows.',
    },
    {
      what: "a contrast that teaches more than the query",
      plugin: broken.lossOfOwnQuery,
      verdict:
        '[broken] embeddingSpace: lossOf of "query" must pass its gradient to the query alone, and one flows elsewhere.',
    },
  ],
  "publishes embeddings": [
    {
      what: "one view alone",
      plugin: broken.oneEmbedding,
      verdict:
        "[embedding] step failed: The published embeddings must be those of two or more views, all of one shape [B, D], got first [4, 4].",
    },
    {
      what: "a name that no view has",
      plugin: broken.embeddingOfNoView,
      verdict: '[broken] embeddings: "other" must be named after a view, got none of "first", "second".',
    },
    {
      what: "rows of another length",
      plugin: broken.embeddingsOfTwoLengths,
      verdict:
        "[embedding] step failed: The published embeddings must be those of two or more views, all of one shape [B, D], got first [4, 4], second [4, 3].",
    },
    {
      what: "a row for each pair of images",
      plugin: broken.rowsOfPairs,
      verdict:
        '[broken] embeddings: "first" must be [4, D] float32, got [2, 4] float32.\n[broken] embeddings: "second" must be [4, D] float32, got [2, 4] float32.',
    },
    {
      what: "the same rows for both views",
      plugin: broken.twiceTheSame,
      verdict:
        '[broken] embeddings: "first" and "second" have the same rows, as if both views were one. Publish the rows of each.',
    },
  ],
  "makes all its state through build": [
    {
      what: "a variable made in setup",
      plugin: broken.variableInSetup,
      verdict:
        "[broken] setup makes a variable ([1, 2] float32) that the run does not know: no checkpoint would hold it. Make it with build.variable, in setup.",
    },
    {
      what: "a variable made in step",
      plugin: broken.variableInStep,
      verdict:
        "[broken] step makes a variable ([] float32) that the run does not know: no checkpoint would hold it. Make it with build.variable, in setup.",
    },
    {
      what: "a tensor carried from step to step",
      plugin: broken.carriedTensor(),
      verdict:
        "[broken] step carries a tensor ([] float32) into the next step past the run: no checkpoint would hold it. Make it with build.variable, in setup.",
    },
  ],
  "leaves no tensor behind": [
    {
      what: "a leak in step",
      plugin: broken.leakInStep,
      verdict:
        "[broken] step leaves a tensor ([3] float32) behind. What `after` reads goes through `keep` of the context, not tf.keep; what lives longer is state, made with build.",
    },
    {
      what: "a leak in after",
      plugin: broken.leakInAfter,
      verdict:
        "[broken] after leaves a tensor ([5] int32) behind. What `after` reads goes through `keep` of the context, not tf.keep; what lives longer is state, made with build.",
    },
    {
      what: "a leak in setup",
      plugin: broken.leakInSetup,
      verdict:
        "[broken] setup leaves a tensor ([7] float32) that dispose does not free. `build` copies first values: dispose yours; make constants inside step.",
    },
  ],
  "writes no state in step": [
    {
      what: "a queue filled in step",
      plugin: broken.writesInStep,
      verdict:
        '[broken] step writes the state "broken.keys.rows", "broken.keys.cursor": plugins that run later in the step would see it, those before would not. Write it in `after` or `afterStep`.',
    },
    {
      what: "a bank written in step",
      plugin: broken.writesBankInStep,
      verdict:
        '[broken] step writes the state "broken.bank.rows": plugins that run later in the step would see it, those before would not. Write it in `after` or `afterStep`.',
    },
    {
      what: "a parameter written in step",
      plugin: broken.writesParameterInStep,
      verdict:
        '[broken] step writes the state "broken.point": plugins that run later in the step would see it, those before would not. Write it in `after` or `afterStep`.',
    },
  ],
  "reads labels": [
    {
      what: "labels that were not asked for",
      plugin: broken.readsLabels,
      verdict:
        '[broken] step reads labels, which `reads` does not name: it is given none. Set reads to ["labels"].',
    },
    {
      what: "labels for nothing",
      plugin: broken.namesLabels,
      verdict:
        '[broken] names "labels" in `reads`, but step never reads them: every batch would carry them for nothing. Leave it out.',
    },
  ],
  "moves the running statistics": [
    {
      what: "an encoder in mode inference",
      plugin: broken.stillStatistics,
      verdict:
        '[broken] No step moves the running statistics "broken.network.encoder.bn0.running_mean", "broken.network.encoder.bn0.running_var", "broken.network.encoder.bn1.running_mean" and 1 more of its network, by which evaluation normalizes. Embed with `embed`, or with `encode` and `project` in mode "training".',
    },
  ],
  "moves its momentum encoders": [
    {
      what: "an update once a part",
      plugin: broken.movesOnceAPart,
      verdict:
        '[broken] after moves the momentum encoder "broken.target": that is once for each accumulated part, and its momentum is meant for each optimizer step. Call its update in `afterStep`.',
    },
    {
      what: "no update",
      plugin: broken.movesNever,
      verdict:
        '[broken] No hook moves the momentum encoder "broken.target", so it stays as it was made. Call its update in `afterStep`.',
    },
    {
      what: "two updates",
      plugin: broken.movesTwice,
      verdict:
        '[broken] afterStep moves the momentum encoder "broken.target" 2 times, and its momentum is meant for one. Call its update once.',
    },
  ],
  "two replicas": [
    {
      what: "embeddings of all replicas",
      plugin: broken.gatheredEmbeddings,
      verdict:
        '[broken] embeddings: "first", "second" must hold a row for each image of its own replica. Publish rows as they were before `replicas.gather`.',
    },
    {
      what: "a queue of a replica's own rows",
      plugin: broken.ownRowsInQueue,
      verdict:
        '[broken] The state "broken.keys.rows" ends with other values on each of two replicas: it holds rows of its own replica alone. Pass rows through `replicas.gather`, and means through `replicas.mean`, before you write them.',
    },
    {
      what: "candidates of one replica",
      plugin: broken.ownCandidates,
      verdict:
        "[broken] embeddingSpace: candidates must be those of all replicas, and each of two has others. Pass them through `replicas.gather`.",
    },
    {
      what: "positives without rank",
      plugin: broken.positivesOfRank0,
      verdict:
        /^\[broken\] The term "contrast" depends on the rank of its replica: of the same images it is 2\.5\d+ on rank 0 and 2\.9\d+ on rank 1\. Among gathered rows those of a replica begin at `rank \* B`: count positives and what is left out from there\.$/,
    },
    {
      what: "published positives without rank",
      plugin: broken.publishedOfRank0,
      verdict:
        '[broken] embeddingSpace: positives of "query" must name the same rows of the same images on every rank, and name others on rank 0 than on rank 1. Among gathered rows those of a replica begin at `rank * B`: count positives and what is left out from there.',
    },
    {
      what: "a gather on one rank",
      plugin: broken.gathersAlone,
      verdict:
        "[broken] step must call gather and mean of `replicas` equally often on every replica, and calls them 1 times on rank 0 and 0 times on rank 1: they would wait for each other forever.",
    },
  ],
  "represents each image": [
    {
      what: "another length than said",
      plugin: broken.wrongFeatureDim,
      verdict:
        "[broken] The representation must be [4, 4] float32 (its featureDim is 4), got [4, 2] float32.",
    },
    {
      what: "batch norm in training",
      plugin: broken.representsInTraining,
      verdict:
        '[broken] The representation of an image depends on the other images of its batch. Pass images in mode "inference".\n[broken] The representation moves the state "broken.network.encoder.bn0.running_mean", "broken.network.encoder.bn0.running_var", "broken.network.encoder.bn1.running_mean" and 1 more. Pass images in mode "inference".',
    },
    {
      what: "a random number",
      plugin: broken.representsAtRandom,
      verdict:
        "[broken] The representation gives other values for the same images each time. Draw no random number in it.",
    },
    {
      what: "a value read in a representation",
      plugin: broken.representationReads,
      verdict:
        "[broken] The step reads a tensor's value (at broken-plugins.test.data.ts). A compiled step runs without JavaScript: compute with tensors and return the tensor to be read, or use engine.mode eager.",
    },
    {
      what: "a representation without network",
      plugin: broken.representsNothing,
      options: { on: [method("method")] },
      verdict:
        "[broken] has a representation and no network: evaluation asks the plugin that has `network`. Return both, or neither.",
    },
  ],
  "has phases that": [
    {
      what: "a phase that counts",
      plugin: broken.countsPhases(),
      verdict:
        '[broken] phase says {"key":"one"} of step 0, and {"key":"other"} when it is asked again: it must follow from step and epoch alone. Remember nothing between calls.',
    },
    {
      what: "a frozen name that there is not",
      plugin: broken.freezesNothing,
      verdict:
        '[broken] The phase "frozen" freezes "prototypes": no trained parameter of the plugin has this name, or a name that begins with it ("broken.network.encoder.conv0.weight", "broken.network.encoder.bn0.weight", "broken.network.encoder.bn0.bias" and 5 more).',
    },
    {
      what: "one key for two phases",
      plugin: broken.freezesWithoutKey,
      verdict:
        '[broken] The phase "only" freezes ["network.head"] at first and [] at step 8: a step is recorded once for each key. Give it another key.',
    },
    {
      what: "a frozen parameter that moves",
      plugin: broken.movesFrozen,
      verdict:
        '[broken] The phase "first" freezes "broken.point", and a step of it moves what is frozen. Leave it as it is in `after` and `afterStep`.',
    },
  ],
  "works before epochs": [
    {
      what: "Math.random",
      plugin: broken.unseededWork,
      verdict:
        '[broken] beforeEpoch writes other values of "broken.center" each time it is done from the same state (before step 0). Draw from `random` of its context, and remember nothing in JavaScript.',
    },
    {
      what: "values of another shape",
      plugin: broken.longWork,
      verdict:
        '[broken] beforeEpoch writes 3 values (Float32Array) to "broken.center", which holds 2 values (Float32Array). Write values of the shape and type of the variable.',
    },
    {
      what: "an assignment",
      plugin: broken.assigningWork,
      verdict:
        '[broken] beforeEpoch assigns the state "broken.center" itself, so that work that is stopped would leave half of it behind. Write it with `write` of its context.',
    },
    {
      what: "a trace of a stop",
      plugin: broken.workThatCleansUp,
      verdict:
        '[broken] beforeEpoch changes the state "broken.center" where it is stopped: the work is done anew when the run goes on, and must find what it found. Leave the state alone when the signal is aborted.',
    },
    {
      what: "a stop that is remembered",
      plugin: broken.workThatRemembersItsStop(),
      verdict:
        '[broken] beforeEpoch writes other values of "broken.center" after it was stopped once. Remember nothing in JavaScript.',
    },
    {
      what: "another plugin's state",
      plugin: trespasser.plugin,
      options: { on: [trespasser.owner] },
      verdict:
        '[broken] beforeEpoch failed: "owner.center" belongs to another plugin. A plugin may write its own state alone.',
    },
  ],
  "sends a gradient of each term": [
    {
      what: "a term without gradient",
      plugin: broken.noGradient,
      verdict:
        '[broken] The term "other" sends no gradient to the encoder (broken.network.encoder.*): nothing is learned from it. If it is so by design, name "broken/other" in withoutGradient.',
    },
    {
      what: "a network that learns nothing",
      plugin: broken.unusedNetwork,
      verdict:
        '[broken] No gradient reaches the trained parameter "broken.spare.encoder.conv0.weight", "broken.spare.encoder.bn0.weight", "broken.spare.encoder.bn0.bias" and 5 more. If it is so by design, name it in withoutGradient.',
    },
    {
      what: "an exception that is none",
      plugin: pullToZero("broken"),
      options: { withoutGradient: ["broken/size"] },
      verdict:
        '[broken] withoutGradient names "broken/size", which is no term or parameter of the run, or gets a gradient.',
    },
    {
      what: "a parameter that no term reaches",
      plugin: broken.untaughtParameter,
      verdict:
        '[broken] No gradient reaches the trained parameter "broken.prototypes". If it is so by design, name it in withoutGradient.',
    },
    {
      what: "a module that no term reaches",
      plugin: broken.untaughtModule,
      verdict:
        '[broken] No gradient reaches the trained parameter "broken.predictor.0.weight", "broken.predictor.0.bias". If it is so by design, name it in withoutGradient.',
    },
  ],
  "sends no gradient through": [
    {
      what: "a teacher that is not detached",
      plugin: broken.teacherNotDetached,
      options: { on: [method("method")], stopGradients: ["query"] },
      verdict:
        '[broken] The term "follow" sends a gradient through the view "query", where stopGradients says that none flows. Embed it with a network of build.emaOf, or inside withoutGradient.',
    },
    {
      what: "a target that is trained",
      plugin: broken.targetWithGradient,
      options: { stopGradients: ["key"] },
      verdict:
        '[broken] The term "contrast" sends a gradient through the view "key", where stopGradients says that none flows. Embed it with a network of build.emaOf, or inside withoutGradient.',
    },
    {
      what: "a view that there is not",
      plugin: method("broken"),
      options: { stopGradients: ["kee"] },
      verdict: '[broken] stopGradients names the view "kee", which the run does not have ("query", "key").',
    },
  ],
  "has the gradient of its loss": [
    {
      what: "a wrong gradient",
      plugin: broken.wrongGradient,
      verdict:
        /^\[broken\] The gradient is not that of the loss: along it the loss rises by 2\.39\d* per unit of length, and the gradient says 4\.79\d*\.$/,
    },
  ],
  "odd batch sizes": [
    {
      what: "a loss per image",
      plugin: broken.vectorLoss,
      verdict:
        '[broken] The term "size" must be a scalar of float32, got [3] float32 (at a batch size of 3).',
    },
    {
      what: "a metric that is no float",
      plugin: broken.countsInInt,
      verdict:
        '[broken] The metric "images" must be a scalar of float32, got [] int32 (at a batch size of 3).',
    },
    {
      what: "a batch that must be even",
      plugin: broken.evenBatches,
      verdict:
        "[broken] step failed: Invalid TF_Status: 3\nMessage: Input to reshape is a tensor with 6 values, but the requested shape requires a multiple of 4 (at a batch size of 3).",
    },
  ],
  "can be recorded": [
    {
      what: "a value read",
      plugin: broken.readsValue,
      verdict:
        "[broken] step failed: The step reads a tensor's value (at broken-plugins.test.data.ts). A compiled step runs without JavaScript: compute with tensors and return the tensor to be read, or use engine.mode eager.",
    },
    {
      what: "a value read without waiting",
      plugin: broken.readsValueLater,
      verdict:
        "[broken] The step reads a tensor's value (at broken-plugins.test.data.ts). A compiled step runs without JavaScript: compute with tensors and return the tensor to be read, or use engine.mode eager.",
    },
    {
      what: "Math.random",
      plugin: broken.drawsInJavaScript,
      verdict:
        "[broken] step failed: The step draws random numbers from Math.random (at broken-plugins.test.data.ts). A recording would repeat them in every step: pass them as an input.",
    },
    {
      what: "tf.randomUniform",
      plugin: broken.drawsWithTfjs,
      verdict:
        "[broken] step failed: The step draws random numbers from Math.random (at broken-plugins.test.data.ts). A recording would repeat them in every step: pass them as an input.",
    },
    {
      what: "an op that draws",
      plugin: broken.drawsInTensorFlow,
      verdict:
        "[broken] step failed: The step draws random numbers from the op RandomUniform (at broken-plugins.test.data.ts). A recording would repeat them in every step: pass them as an input.",
    },
  ],
  "eagerly, as a graph": [
    {
      what: "something that JavaScript counts",
      plugin: broken.countsSteps,
      verdict:
        /^\[broken\] graph, step 1: loss is 0\.\d+, eagerly 0\.\d+\. What JavaScript computes within a step is recorded once: what changes from step to step comes in through build\.input or is state\.$/,
    },
    {
      what: "something that JavaScript remembers of a phase",
      plugin: broken.firstOfPhase,
      verdict:
        /^\[broken\] graph, step 9: loss is 0\.18\d+, eagerly 0\.09\d+\. What JavaScript computes within a step is recorded once: what changes from step to step comes in through build\.input or is state\.$/,
    },
  ],
  "same numbers for the same seed": [
    {
      what: "a random first value",
      plugin: broken.randomStart,
      verdict:
        '[broken] The state "broken.center" starts differently each time: first values follow from the run\'s seed, by networks and queues of build, or are constants.',
    },
    {
      what: "a random input",
      plugin: broken.randomInput,
      verdict:
        '[broken] The input "broken.noise" has other values each time in step 0: draw from the `random` that valueAt is given.',
    },
    {
      what: "random views",
      plugin: broken.randomViews,
      verdict: "[broken] views gives other recipes each time: they follow from options and facts alone.",
    },
    {
      what: "a difference between runs",
      plugin: broken.countsRuns(),
      verdict:
        /^\[broken\] Two runs with one seed differ: in step 0, loss is 0\.08\d+ instead of 0\.04\d+\. All that is random comes in through build\.input; nothing else of the machine may enter a step\.$/,
    },
  ],
  "goes on from a checkpoint": [
    {
      what: "a memory in JavaScript",
      plugin: broken.countsSteps,
      verdict:
        /^\[broken\] A run that goes on from a checkpoint after 2 steps differs from one that never stopped: in step 2, loss is 0\.03\d+ instead of 0\.07\d+\. Something is remembered outside the run's state; make it with build\.$/,
    },
    {
      what: "a memory of work before an epoch",
      plugin: broken.rememberingWork,
      verdict:
        /^\[broken\] A run that goes on from a checkpoint after 2 steps differs from one that never stopped: in step 2, loss is 0\.01\d+ instead of 0\.03\d+\. Something is remembered outside the run's state; make it with build\.$/,
    },
  ],
};

for (const [test, cases] of Object.entries(brokenPlugins)) {
  describe(`"… ${test} …" finds`, () => {
    it.each(cases)("$what", async ({ plugin, options, verdict }) => {
      const got = await verdictOf(plugin, test, options);
      if (typeof verdict === "string") expect(got).toBe(verdict);
      else expect(got).toMatch(verdict);
    });
  });
}

describe("pluginChecks", () => {
  it("wants a company for a plugin that requires one", async () => {
    expect(await refusal(() => pluginChecks(term("term")))).toBe(
      'INVALID_PLUGIN: [term] requires "embeddingSpace": name in `on` the plugins that it is to be tested on, e.g. { on: [myMethod] }.',
    );
  });

  it("names the company in the tests, the options once", () => {
    const names = pluginChecks(term("term"), { on: [method("one"), { use: method("other") }] }).map(
      ({ name }) => name,
    );
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.includes("leaves no tensor"))).toEqual([
      "on one: leaves no tensor behind, in a step or after dispose",
      "on other: leaves no tensor behind, in a step or after dispose",
    ]);
    expect(names.filter((name) => name.includes("default"))).toHaveLength(1);
  });
});
