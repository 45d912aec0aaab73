import { readFile } from "node:fs/promises";

import { expect, it } from "vitest";

import * as messages from "./messages.ts";

const tensor = { shape: [2, 4], dtype: "int32" } as const;

it("names the checks by what a plugin does that passes them", () => {
  expect(messages.checkNames).toEqual({
    optionDefaults: "has a default for every option",
    optionRefusals: "refuses unknown options and values of a wrong type, at the option's path",
    views: "reads the views that it asks for, and no others",
    labels: "reads labels if it says so, and only then",
    publications: "uses what it requires, looks for what it uses, and publishes what it says",
    publishedSpace: "publishes an embedding space with the shapes, rows and gradients that terms rely on",
    publishedEmbeddings: "publishes embeddings of two or more views, one row for each image",
    stateThroughBuild: "makes all its state through build",
    tensorLeaks: "leaves no tensor behind, in a step or after dispose",
    stateWrites: "writes no state in step",
    runningStatistics: "moves the running statistics of its network, with which evaluation sees images",
    momentumEncoders: "moves each momentum encoder once in an optimizer step, in afterStep",
    replicas: "computes the same on each of two replicas, whatever its rank",
    representation: "represents each image alone, by running statistics",
    phases: "has phases that follow from step and epoch alone, and freezes parameters that it has",
    hostWork: "works before epochs by the seed alone, and writes its own state and nothing else",
    gradientReach: "sends a gradient of each term to the encoder, and of all terms to every parameter",
    stoppedGradients: "sends no gradient through the views of stopGradients",
    lossGradient: "has the gradient of its loss: the loss changes along it as it says",
    stepSizes: "takes steps of odd batch sizes, and of several parts",
    recording: "can be recorded: reads no value back and draws no random number in a step",
    modesAgree: "takes the same steps eagerly, as a graph and under XLA",
    determinism:
      "gives the same numbers for the same seed, to the bit, whatever the number of loader workers",
    resume: "goes on from a checkpoint as if it had not stopped, to the bit",
  });
  expect(messages.testName("resume", undefined)).toBe(messages.checkNames.resume);
  expect(messages.testName("resume", "moco")).toBe(`on moco: ${messages.checkNames.resume}`);
});

it.each<[message: string, sentence: string]>([
  [messages.suiteName("clsa", undefined), "the plugin clsa"],
  [messages.suiteName("clsa", { strongViews: 2 }), 'the plugin clsa with {"strongViews":2}'],
  [
    messages.optionWithoutDefault("mine", "dim"),
    '[mine] The option "dim" has no default, but a config may leave out every option. Give it a default in ' +
      "the schema of the plugin's options.",
  ],
  [
    messages.defaultsRefused("mine", "the config has 1 problem: plugins.mine.dim: must be >= 1, got 0"),
    "[mine] Correct the defaults of the plugin's options, or their schema, which refuses them: the config " +
      "has 1 problem: plugins.mine.dim: must be >= 1, got 0",
  ],
  [
    messages.unknownOptionAccepted("mine", "noSuchOption"),
    '[mine] The schema of the plugin\'s options accepts "noSuchOption", which is no option of it, so a ' +
      "misspelt option would be ignored. Set additionalProperties to false in the schema.",
  ],
  [
    messages.wrongTypeAccepted("mine", "dim", "text"),
    '[mine] The option "dim" accepts "text", because its schema names no type. Give it one, in the schema ' +
      "of the plugin's options.",
  ],
  [
    messages.refusedWithoutPath(
      "mine",
      "plugins.mine.dim",
      "the config has 1 problem: plugins.mine: must be object",
    ),
    '[mine] The refusal of a wrong value must name the path of the option, "plugins.mine.dim". Check the ' +
      "option by itself, under `properties` of the schema. Got: the config has 1 problem: plugins.mine: " +
      "must be object",
  ],
  [
    messages.viewNeverRead("mine", "views", "extra"),
    '[mine] views asks for "extra", but no plugin reads `context.views["extra"]` in step, so its images ' +
      "would be made for nothing. Read it, or leave it out of `views`.",
  ],
  [
    messages.viewNotAskedFor("mine", "patches", "tiles", ["image", "other"]),
    '[mine] step reads `context.patches["tiles"]`, but no plugin asks for a view of this name. The views ' +
      'are "image", "other": return "tiles" from `views` too, or read one of these.',
  ],
  [
    messages.patchesReadAsView("mine", "tiles"),
    '[mine] step reads `context.views["tiles"]`, but the recipe of this view cuts patches. Read ' +
      '`context.patches["tiles"]`.',
  ],
  [
    messages.viewReadAsPatches("mine", "image"),
    '[mine] step reads `context.patches["image"]`, but the recipe of this view cuts no patches. Read ' +
      '`context.views["image"]`.',
  ],
  [
    messages.labelsNotNamed("mine"),
    "[mine] step reads `context.labels`, but the plugin does not name them in `reads`, so it is given " +
      'none. Set reads: ["labels"].',
  ],
  [
    messages.labelsNeverRead("mine"),
    '[mine] The plugin names "labels" in `reads`, but step never reads `context.labels`, so they would be ' +
      "passed to it for nothing. Leave them out of `reads`.",
  ],
  [
    messages.announcedNotPublished("mine", "word"),
    '[mine] The plugin names "word" in `publishes`, but step does not publish it. Return it in `publish`, ' +
      "or leave it out of `publishes`.",
  ],
  [
    messages.publishedNotAnnounced("mine", "word"),
    '[mine] step publishes "word", but the plugin does not name it in `publishes`, so no plugin can ' +
      "require it. Name it there.",
  ],
  [
    messages.usedNotRequired("mine", "word"),
    '[mine] step takes "word" with `use`, but the plugin does not name it in `requires`, so the plugin ' +
      "that publishes it may run later. Name it there.",
  ],
  [
    messages.usedThoughOptional("mine", "word"),
    '[mine] step takes "word" with `use`, but the plugin names it in `uses` and not in `requires`, and ' +
      "`use` throws where no plugin publishes it. Take it with `find`, or name it in `requires`.",
  ],
  [
    messages.soughtNotNamed("mine", "word"),
    '[mine] step looks for "word" with `find`, but the plugin does not name it in `uses`, so the plugin ' +
      "that publishes it may run later. Name it there.",
  ],
  [
    messages.namedNotSought("mine", "word"),
    '[mine] The plugin names "word" in `uses`, but step never looks for it with `find`. Leave it out.',
  ],
  [
    messages.spaceRowsMisshapen("mine", "candidates", [20, 4], tensor),
    "[mine] embeddingSpace: candidates must be [20, 4] float32, got [2, 4] int32.",
  ],
  [
    messages.spaceRowsMisshapen("mine", 'embedding of the query "first"', [4, 4], tensor),
    '[mine] embeddingSpace: embedding of the query "first" must be [4, 4] float32, with rows as long as ' +
      "those of candidates, got [2, 4] int32.",
  ],
  [
    messages.spaceRowsNotNormalized("mine", 'embedding of the query "first"', 2),
    '[mine] embeddingSpace: embedding of the query "first" must have rows of length 1, got one of length ' +
      "2.000. Pass them through `l2Normalize`.",
  ],
  [
    messages.candidateNumbersMisshapen("mine", "first", "positives", 4, tensor),
    '[mine] embeddingSpace: positives of the query "first" must be [4] int32, one candidate for each ' +
      "image, got [2, 4] int32.",
  ],
  [
    messages.noSuchCandidate("mine", "first", "sameView", 20, 20),
    '[mine] embeddingSpace: sameView of the query "first" must hold row numbers of candidates, 0 .. 19, ' +
      "got 20.",
  ],
  [
    messages.positiveLeftOut("mine", "first", 7),
    '[mine] embeddingSpace: sameView of the query "first" must not be the positive of the same image, got ' +
      "candidate 7 for both.",
  ],
  [
    messages.lossOfNotScalar("mine", "first", [4]),
    '[mine] embeddingSpace: lossOf of the query "first" must return a scalar, got a tensor of shape [4].',
  ],
  [
    messages.queryOfNoView("mine", "other", ["first", "second"]),
    '[mine] embeddingSpace: each query must have the name of its view, got "other". The views are "first", ' +
      '"second".',
  ],
  [messages.noQueries("mine"), "[mine] embeddingSpace: queries must hold at least one query, got none."],
  [
    messages.candidatesWithGradient("mine"),
    "[mine] embeddingSpace: candidates must carry no gradient, but one flows through them. Make them " +
      "inside `withoutGradient`.",
  ],
  [
    messages.queryWithoutGradient("mine", "first"),
    '[mine] embeddingSpace: embedding of the query "first" must carry a gradient to the trained ' +
      "parameters, but none flows. Make it outside of `withoutGradient`.",
  ],
  [
    messages.lossOfWithoutGradient("mine", "first"),
    '[mine] embeddingSpace: lossOf of the query "first" must send a gradient to the rows that it is given, ' +
      "but none flows. Compute the loss from these rows, outside of `withoutGradient`.",
  ],
  [
    messages.lossOfWithOtherGradient("mine", "first"),
    '[mine] embeddingSpace: lossOf of the query "first" must send a gradient to the rows that it is given ' +
      "and nowhere else, but one flows elsewhere. Take all else that it reads through `withoutGradient`.",
  ],
  [
    messages.embedQueryWithoutGradient("mine", "first"),
    '[mine] embeddingSpace: embedQuery of the view "first" must carry a gradient to the trained ' +
      "parameters, but none flows. Embed the view outside of `withoutGradient`.",
  ],
  [
    messages.embeddingOfNoView("mine", "other", ["first", "second"]),
    '[mine] embeddings: each must have the name of its view, got "other". The views are "first", "second".',
  ],
  [
    messages.embeddingMisshapen("mine", "first", 4, tensor),
    '[mine] embeddings: "first" must be [4, D] float32, one row for each image, got [2, 4] int32.',
  ],
  [
    messages.embeddingsAlike("mine", "first", "second"),
    '[mine] embeddings: "first" and "second" have the same rows, as if both were one view. Publish the ' +
      "rows of each view.",
  ],
  [
    messages.variableBesideState("mine", "setup", [tensor, tensor, { shape: [], dtype: "float32" }]),
    "[mine] setup makes a variable ([2, 4] int32; [] float32) that is not part of the run's state, so no " +
      "checkpoint would hold it. Make it with `build.variable`, in `setup`.",
  ],
  [
    messages.tensorCarriedOver("mine", "step", [tensor]),
    "[mine] step carries a tensor ([2, 4] int32) into the next step, and it is not part of the run's " +
      "state, so no checkpoint would hold it. Make a variable of it with `build.variable`, in `setup`.",
  ],
  [
    messages.tensorLeftByStep("mine", "after", [tensor]),
    "[mine] after leaves a tensor ([2, 4] int32) behind in each step. Pass what `after` reads through " +
      "`keep` of the context, not through `tf.keep`; make what later steps read with `build`.",
  ],
  [
    messages.tensorLeftAtEnd("mine", "setup", [tensor]),
    "[mine] setup makes a tensor ([2, 4] int32) that is left when the run is disposed. `build` copies " +
      "first values, so dispose yours; make constants in `step`.",
  ],
  [
    messages.stateWrittenInStep("mine", ["mine.keys.rows", "mine.keys.cursor"]),
    '[mine] step writes the state "mine.keys.rows", "mine.keys.cursor": plugins that run after it in the ' +
      "step would see the new values, those before it the old ones. Write state in `after` or `afterStep`.",
  ],
  [
    messages.statisticsStandStill("mine", ["mine.a", "mine.b", "mine.c", "mine.d", "mine.e"]),
    '[mine] step never moves the running statistics "mine.a", "mine.b", "mine.c" and 2 more of the ' +
      "plugin's network, with which evaluation normalizes. Embed images with `embed`, or with `encode` and " +
      '`project` in mode "training".',
  ],
  [
    messages.encoderMovedElsewhere("mine", "after", "mine.target"),
    '[mine] after moves the momentum encoder "mine.target". It must move once in each optimizer step, ' +
      "however many parts the batch is accumulated from: call its `update` in `afterStep` alone.",
  ],
  [
    messages.encoderNeverMoved("mine", "mine.target"),
    '[mine] No hook moves the momentum encoder "mine.target", so it stays as it was made. Call its ' +
      "`update` in `afterStep`.",
  ],
  [
    messages.encoderMovedOften("mine", "mine.target", 2),
    '[mine] afterStep moves the momentum encoder "mine.target" 2 times. It must move once in each ' +
      "optimizer step: call its `update` once.",
  ],
  [
    messages.stateDiffersBetweenReplicas("mine", ["mine.keys.rows"]),
    '[mine] The state "mine.keys.rows" must be the same on all replicas, but two of them end a step with ' +
      "different values, because each writes what comes from its own images. Pass rows through " +
      "`replicas.gather`, and means through `replicas.mean`, before you write them.",
  ],
  [
    messages.embeddingsGathered("mine", ["first", "second"]),
    '[mine] embeddings: "first", "second" must have one row for each image of this replica, and no others. ' +
      "Publish rows as they are before `replicas.gather`.",
  ],
  [
    messages.candidatesDifferBetweenReplicas("mine"),
    "[mine] embeddingSpace: candidates must be the same on all replicas, but two of them publish different " +
      "ones. Pass them through `replicas.gather`.",
  ],
  [
    messages.termDependsOnRank("mine", "contrast", [2.5, 2.9]),
    '[mine] The term "contrast" must be the same whatever the rank, but for the same images it is 2.5 on ' +
      "rank 0 and 2.9 on rank 1. After `replicas.gather` the rows of a replica are at `replicas.ownRows(B)`.",
  ],
  [
    messages.candidateNumbersDependOnRank("mine", [
      { query: "first", field: "positives" },
      { query: "first", field: "sameView" },
    ]),
    '[mine] embeddingSpace: positives of the query "first" and sameView of the query "first" must name the ' +
      "same rows for the same images whatever the rank, but the rows differ between rank 0 and rank 1. " +
      "After `replicas.gather` the rows of a replica are at `replicas.ownRows(B)`.",
  ],
  [
    messages.representationWithoutNetwork("mine"),
    "[mine] setup returns a `representation` and no `network`, but evaluation asks the plugin that has the " +
      "network. Return both, or neither.",
  ],
  [
    messages.representationMisshapen("mine", 4, 8, tensor),
    "[mine] representation: features of 4 images must be [4, 8] float32 (featureDim is 8), got [2, 4] " +
      "int32.",
  ],
  [
    messages.representationVaries("mine"),
    "[mine] representation: features gives other values each time for the same images. Draw no random " +
      "numbers in it.",
  ],
  [
    messages.representationDependsOnBatch("mine"),
    "[mine] representation: features of an image depend on the other images of its batch. Pass images " +
      'through networks in mode "inference".',
  ],
  [
    messages.representationMovesState("mine", ["mine.bn.running_mean"]),
    '[mine] representation: features changes the state "mine.bn.running_mean". Pass images through ' +
      'networks in mode "inference".',
  ],
  [
    messages.phaseChangesItsAnswer("mine", 3, { key: "one" }, { key: "other" }),
    '[mine] phase returns {"key":"one"} for step 3, but {"key":"other"} when it is asked again. It must ' +
      "follow from step and epoch alone: remember nothing between calls.",
  ],
  [
    messages.keyOfTwoPhases("mine", "only", ["network.head"], [], 8),
    '[mine] The phase "only" freezes ["network.head"] at first and [] at step 8, but one key stands for ' +
      "one recorded step. Give the second another key.",
  ],
  [
    messages.frozenUnknown("mine", "first", "prototypes", ["network.weight", "network.bias"]),
    '[mine] The phase "first" freezes "prototypes", but no trained parameter of the plugin has this name ' +
      'or lies in it. The trained parameters are "network.weight", "network.bias".',
  ],
  [
    messages.frozenMoves("mine", "first", ["mine.point"]),
    '[mine] A step of the phase "first" changes what the phase freezes: "mine.point". Leave it as it is in ' +
      "`after` and `afterStep`.",
  ],
  [
    messages.writtenMisshapen("mine", "mine.center", Float32Array.of(1, 2, 3), Float32Array.of(1, 2)),
    '[mine] beforeEpoch writes 3 values (Float32Array) to "mine.center", which holds 2 values ' +
      "(Float32Array). Write values of the variable's shape and type.",
  ],
  [
    messages.stateAssignedByHand("mine", ["mine.center"]),
    '[mine] beforeEpoch assigns the state "mine.center" itself, so work that is stopped would leave half ' +
      "of it behind. Write it with `write` of the context.",
  ],
  [
    messages.hostWorkVaries("mine", ["mine.center"], 8),
    '[mine] beforeEpoch writes different values to "mine.center" when it is called again with the same ' +
      "state (before step 8). Draw from `random` of the context, and remember nothing in JavaScript.",
  ],
  [
    messages.stoppedWorkLeavesTrace("mine", ["mine.center"]),
    '[mine] beforeEpoch changes the state "mine.center" when it is stopped, but the work is done anew once ' +
      "the run goes on, and must then find the same state. Change nothing when `signal` is aborted.",
  ],
  [
    messages.hostWorkRemembersStop("mine", ["mine.center"]),
    '[mine] beforeEpoch writes different values to "mine.center" once it has been stopped. Remember ' +
      "nothing in JavaScript.",
  ],
  [
    messages.gradientNotFinite("mine", "contrast"),
    '[mine] The gradient of the term "contrast" has NaN or infinite values. Look for a division by 0, and ' +
      "for a root or a logarithm of 0.",
  ],
  [
    messages.termWithoutGradient("mine", "contrast", "mine.network.encoder."),
    '[mine] The term "contrast" sends no gradient to the encoder (mine.network.encoder.*), which learns ' +
      'nothing from it. If this is intended, name "mine/contrast" in the test\'s option `withoutGradient`.',
  ],
  [
    messages.parametersWithoutGradient("mine", ["mine.prototypes"]),
    '[mine] No term sends a gradient to the trained parameter "mine.prototypes". If this is intended, name ' +
      "it in the test's option `withoutGradient`.",
  ],
  [
    messages.parametersWithoutGradient("mine", ["mine.predictor.weight", "mine.predictor.bias"]),
    '[mine] No term sends a gradient to the trained parameters "mine.predictor.weight", ' +
      '"mine.predictor.bias". If this is intended, name them in the test\'s option `withoutGradient`.',
  ],
  [
    messages.gradientAfterAll("mine", "mine/contrast"),
    '[mine] The test\'s option `withoutGradient` names "mine/contrast", which gets a gradient, or is no ' +
      "term or parameter of the run. Remove it, or correct its name.",
  ],
  [
    messages.stopAtNoView("mine", "kee", ["query", "key"]),
    '[mine] The test\'s option `stopGradients` names "kee", which is no view of the run. The views are ' +
      '"query", "key".',
  ],
  [
    messages.gradientNotStopped("mine", "contrast", "key"),
    '[mine] The term "contrast" sends a gradient through the view "key", but the test\'s option ' +
      "`stopGradients` says that none flows. Embed the view with a network of `build.emaOf`, or inside " +
      "`withoutGradient`.",
  ],
  [
    messages.lossWithoutGradient("mine"),
    "[mine] The loss has no gradient at all, so nothing is learned from it. Compute its terms outside of " +
      "`withoutGradient`.",
  ],
  [
    messages.gradientOfAnotherLoss("mine", { measured: 2.5, stated: 5 }),
    "[mine] The gradient is not that of the loss: along it the loss rises by 2.500 per unit of length, but " +
      "the gradient says 5.000. Correct the gradients that the plugin defines itself, such as those of " +
      "`tf.customGrad`.",
  ],
  [
    messages.notScalar("mine", "term", "contrast", tensor, { batchSize: 3 }),
    '[mine] The term "contrast" must be a scalar of float32, got [2, 4] int32 (at a batch size of 3).',
  ],
  [
    messages.scalarNotFinite("mine", "mine/contrast", NaN, 1, { batchSize: 6, accumulate: 2 }),
    '[mine] "mine/contrast" must be finite, got NaN in step 1 (at a batch size of 6 in 2 parts). Look for ' +
      "a division by 0, and for a root or a logarithm of 0.",
  ],
  [
    messages.failedAtSize("[mine] step failed: out of memory.", { batchSize: 3 }),
    "[mine] step failed: out of memory (at a batch size of 3).",
  ],
  [
    messages.modesDiffer("mine", "loss of step 1 is 2 in mode graph, but 1 in mode eager", {
      learningRate: 0.001,
      smaller: 1e-5,
    }),
    "[mine] The engine's modes give different numbers: loss of step 1 is 2 in mode graph, but 1 in mode " +
      "eager. They do so with a learning rate of 0.00001 too, so the cause is hardly rounding, unless the " +
      "loss is very steep: then an even smaller learningRate in the test's options passes. JavaScript in a " +
      "step runs only while the step is recorded: take what changes from step to step from `build.input`, or " +
      "make it state with `build`.",
  ],
  [
    messages.modesDifferByLargeSteps("mine", "loss of step 9 is 2.1 in mode graph, but 2 in mode eager", {
      learningRate: 0.001,
      smaller: 1e-5,
    }),
    "[mine] The engine's modes give different numbers: loss of step 9 is 2.1 in mode graph, but 2 in mode " +
      "eager. This has one of two causes. Rounding, if the loss is steep: with a learning rate of 0.00001 " +
      "instead of 0.001 the modes agree, so set learningRate: 0.00001 in the test's options. Or a value of " +
      "JavaScript that changes from step to step and that such small steps hide: if there is one, take it " +
      "from `build.input`, or make it state with `build`, because JavaScript in a step runs only while the " +
      "step is recorded.",
  ],
  [
    messages.notFiniteAtOnce("mine", { step: 0, name: "mine/contrast", value: NaN }),
    '[mine] "mine/contrast" is NaN in step 0, before anything was trained, so no learning rate mends it. ' +
      "Look for a division by 0, and for a root or a logarithm of 0. Or look at the first values of what " +
      "the plugin makes with `build`: rows that are all 0 have no direction.",
  ],
  [
    messages.notFiniteLater(
      "mine",
      { step: 7, name: "loss", value: Infinity },
      { learningRate: 0.001, smaller: 1e-5 },
    ),
    '[mine] "loss" is Infinity in step 7 with a learning rate of 0.001, and with 0.00001 not finite ' +
      "either. Look for a division by 0, and for a root or a logarithm of 0.",
  ],
  [
    messages.notFiniteByLargeSteps(
      "mine",
      { step: 7, name: "loss", value: NaN },
      { learningRate: 0.001, smaller: 1e-5 },
    ),
    '[mine] "loss" is NaN in step 7 with a learning rate of 0.001; with 0.00001 all steps are finite. Set ' +
      "learningRate: 0.00001 in the test's options, if the loss is only steep. Look for a division by 0, " +
      "and for a root or a logarithm of 0.",
  ],
  [
    messages.scalarNotFiniteEagerly({ step: 3, name: "loss", value: NaN }),
    "loss of step 3 is NaN in mode eager, so modes cannot be compared",
  ],
  [
    messages.viewsVary("mine"),
    "[mine] views returns other recipes each time it is called. They must follow from its options and " +
      "facts alone.",
  ],
  [
    messages.firstValuesVary("mine", ["mine.center"]),
    '[mine] The state "mine.center" starts with different values in two runs with the same seed. Let ' +
      "`build` draw first values, as it does for networks, parameters and queues, or use constants.",
  ],
  [
    messages.inputsVary("mine", ["mine.noise", "mine.order"], 8),
    '[mine] Two runs with the same seed got different values of the inputs "mine.noise", "mine.order" in ' +
      "step 8. Draw from the `random` that `valueAt` is given.",
  ],
  [
    messages.runsDiffer("mine", { step: 2, name: "loss", found: 1.25, wanted: 1.5 }),
    "[mine] Two runs with the same seed differ: in step 2, loss is 1.25 instead of 1.5. A step may depend " +
      "on its images, inputs and state alone: draw random numbers with `build.random` or `build.input`, " +
      "and read nothing else that changes.",
  ],
  [
    messages.resumedRunDiffers("mine", { step: 8, workDone: true }, { endOf: ["mine.center"] }),
    "[mine] A run that goes on from a checkpoint after 8 steps and the host work before the next one " +
      'differs from one that never stopped: the state "mine.center" ends with other values. Something is ' +
      "remembered outside of the run's state: make it with `build`.",
  ],
  [
    messages.scalarDiffersBetweenModes("graph", { step: 1, name: "loss", found: 2, wanted: 1 }),
    "loss of step 1 is 2 in mode graph, but 1 in mode eager",
  ],
  [messages.stateInMode("xla", "mine.center", 20), "mine.center after 20 steps in mode xla"],
  [
    messages.probedLengthDiffers("step 0: mine.center", 2.5, 2, 0.001),
    "step 0: mine.center: its length must be 2, give or take 0.0010, got 2.5",
  ],
  [
    messages.probedElementDiffers("step 0: mine.center", { at: 3, count: 12 }, 2.5, 2, 0.001),
    "step 0: mine.center: element 3 of 12 must be 2, give or take 0.0010, got 2.5",
  ],
  [
    messages.goldenOptimizerUnknown("adamw", ["sgd", "larc"]),
    'settings.optimizer: golden steps can be taken with sgd and larc, got "adamw".',
  ],
  [messages.nothingThrown(), "The call must throw, and it did not."],
])("%#: %s", (message, sentence) => {
  expect(message).toBe(sentence);
});

it("says what a plugin is to be tested on that requires others", () => {
  expect(messages.testedAlone("term", ["embeddingSpace", "bank"])).toMatchObject({
    code: "INVALID_PLUGIN",
    message:
      '[term] requires "embeddingSpace", "bank": name in the test\'s option `on` the plugins that it is to ' +
      "be tested on, for example { on: [myMethod] }.",
    data: { plugin: "term", publications: ["embeddingSpace", "bank"] },
  });
});

it("are each here", async () => {
  const test = await readFile(new URL(import.meta.url), "utf8");
  expect(Object.keys(messages).filter((name) => !test.includes(`messages.${name}`))).toEqual([]);
});
