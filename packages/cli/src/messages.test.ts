import { TsslError } from "@tssl/core/run";
import { describe, expect, it } from "vitest";

import * as messages from "./messages.ts";

it.each<[code: string, error: Error & { code: string }, sentence: string]>([
  [
    "INVALID_CONFIG",
    messages.configNotAnObject("list.yaml", [1]),
    "list.yaml must contain an object with data, encoder, plugins, …, got [1].",
  ],
  [
    "INVALID_CONFIG",
    messages.extendsItself("b.yaml", ["a.yaml", "b.yaml", "a.yaml"]),
    "b.yaml: extends leads back to the same file: a.yaml → b.yaml → a.yaml.",
  ],
  [
    "INVALID_CONFIG",
    messages.definitionNotKept("encoder", "mine", "runs/a b"),
    'runs/a b was trained with an encoder "mine" that is known by no name or file: it stood in the config ' +
      "itself, which a run keeps no copy of. Name the config again, tssl train <config> --resume 'runs/a b', " +
      'or give the encoder a file of its own, { use: "./mine.ts" }, before you train.',
  ],
  [
    "INVALID_CONFIG",
    messages.moduleNotLoaded("/own/term.ts", new Error("x is not defined\n  at …")),
    "The module /own/term.ts cannot be loaded: x is not defined.",
  ],
  [
    "INVALID_CONFIG",
    messages.moduleNotLoaded("./own.ts", messages.noDefinition()),
    "The module ./own.ts cannot be loaded: its default export is no plugin, encoder or optimizer; " +
      "definePlugin makes one.",
  ],
  [
    "INVALID_CONFIG",
    messages.moduleNotLoaded("./own.ts", messages.otherDefinition("encoder", "plugin")),
    "The module ./own.ts cannot be loaded: its default export is an encoder, and a plugin is needed here.",
  ],
  [
    "INVALID_OPTION",
    messages.encoderWithoutLayers("vit-tiny"),
    "The protocol vissl classifies by the feature maps of an encoder's stages, and vit-tiny has none. Train " +
      "on its features with --layers features, or choose another --protocol.",
  ],
  [
    "INVALID_OPTION",
    messages.layersUnknown("resnet18", ["rse4", "x"], ["conv1", "res4", "features"]),
    '--layers must name layers of resnet18: conv1, res4, features; got "rse4", "x". Did you mean "res4"?',
  ],
  [
    "INVALID_DATA",
    messages.nothingToMeasure(3, { file: "a.npy", found: "an array", advice: "Set depth to 32." }),
    "None of 3 images can be decoded: nothing is measured. The first is a.npy: an array. Set depth to 32.",
  ],
  [
    "USAGE",
    messages.overrideNotRead("--set", "epochs=[", "Flow sequence at line 1, column 2"),
    '--set "epochs=[" cannot be read: Flow sequence at line 1, column 2.',
  ],
  ["USAGE", messages.pathTooDeep("--set", 99, 20), "--set must name an option by at most 20 keys, got 99."],
  [
    "USAGE",
    messages.placeBeyondList("99", 2),
    "A list of the config has 2 items, so that a place in it is 0 to 2, where 2 adds one; got 99.",
  ],
  [
    "USAGE",
    messages.placeNotWritable("--out", "a/b", "it is a folder"),
    "--out: a/b cannot be written: it is a folder. Choose another place.",
  ],
  [
    "USAGE",
    messages.noPluginName("MyMethod", "my-method"),
    "The plugin takes the name of its folder, which must be words of lower-case letters and digits, the " +
      'first of which begins with a letter, with one hyphen between two of them; got "MyMethod". Call it ' +
      "my-method.",
  ],
  [
    "USAGE",
    messages.pluginNameTaken("moco"),
    "The plugin takes the name of its folder, and moco is a plugin that comes with tssl. Choose another " +
      "name, such as my-moco.",
  ],
  [
    "INVALID_CONFIG",
    messages.nothingToReplace("remove", "clas", ["moco", "clsa"]),
    'plugins: there is no "clas" to remove: what it extends has moco, clsa. Did you mean "clsa"?',
  ],
  [
    "INVALID_CONFIG",
    messages.nothingToReplace("replace", "moco", []),
    'plugins: there is no "moco" to replace: it extends none that lists plugins.',
  ],
  [
    "INVALID_CONFIG",
    messages.unknownBase("a.yaml", "simclr/imagnet", ["moco/imagenet", "simclr/imagenet"]),
    "a.yaml: extends must be the path of a config file, also in an installed package, or a preset, " +
      'got "simclr/imagnet". Did you mean "simclr/imagenet"? Presets: moco/imagenet, simclr/imagenet',
  ],
  [
    "INVALID_CONFIG",
    messages.variantsRefused(
      new Map([
        ["a", new TsslError("INVALID_CONFIG", "a.yaml has 1 problem:\n  - epochs: must be given")],
        ["b", new TsslError("INVALID_CONFIG", "b.yaml has 1 problem:\n  - data: must be given")],
      ]),
    ),
    "a: a.yaml has 1 problem:\n  - epochs: must be given\nb: b.yaml has 1 problem:\n  - data: must be given",
  ],
  [
    "INVALID_OPTION",
    messages.testNotGiven(),
    "Name the images to classify with --test: the config of this run names none, as neither data.test nor " +
      "evaluation.test is set.",
  ],
  [
    "INVALID_DATA",
    messages.imagesMoved("data.train", "/old/images", "--set data.train=<folder>"),
    "data.train of the run is /old/images, where nothing is. If its images have moved, say where they are: " +
      "--set data.train=<folder>",
  ],
  [
    "RUN_FOLDER",
    messages.anotherComparison("two", "variants.0.resolved.epochs was 2, is 3"),
    "two holds another comparison: variants.0.resolved.epochs was 2, is 3. Choose another folder with --out.",
  ],
  [
    "RUN_FOLDER",
    messages.notAComparison("full"),
    "full must be a new or empty folder, or that of a comparison. Choose another with --out.",
  ],
  [
    "USAGE",
    messages.unknownRow("mocco", ["moco", "byol"], ' Did you mean "moco"?'),
    'The table has no row "mocco". Did you mean "moco"? Rows: moco, byol.',
  ],
  [
    "USAGE",
    messages.nothingToReproduce("CPC v2", ["moco", "byol"]),
    "Nothing was measured of CPC v2 yet, so there is nothing to reproduce. Rows with receipts: moco, byol.",
  ],
  ["USAGE", messages.allowChangeWithoutResume(), "--allow-change can only be used with --resume."],
  ["USAGE", messages.configMissing(), "train needs a config file, or --resume <run>."],
  [
    "USAGE",
    messages.fileExists("config.yaml"),
    "config.yaml exists already; nothing was written. Choose another path.",
  ],
  [
    "USAGE",
    messages.imageOutOfRange(48, 48),
    "--image must be 0 to 47, the number of a training image, got 48.",
  ],
  [
    "USAGE",
    messages.moreClustersThanImages(50, 48),
    "--clusters must be 1 to 48, the images that are clustered, got 50.",
  ],
  [
    "USAGE",
    messages.imagesMissing(),
    "--images must be given with --yes, or where there is no terminal to ask on.",
  ],
  [
    "USAGE",
    messages.itemMissing("plugins.cls.beta", "cls", ["moco", "clsa"]),
    'plugins.cls.beta: the list has no item "cls". It has moco, clsa.',
  ],
  [
    "USAGE",
    messages.malformedOverride("TSSL_SET", "epochs"),
    'TSSL_SET must be path=value, as in optimizer.lr=0.1, got "epochs".',
  ],
  [
    "USAGE",
    messages.privateWithoutPush(),
    "--private is of the repository that --push names; give both, or none.",
  ],
  [
    "USAGE",
    messages.tokenMissing(),
    "--push needs a token of the Hugging Face hub that may write, in the environment: HF_TOKEN=hf_…",
  ],
  [
    "USAGE",
    messages.hubNotPrivate(),
    "HF_ENDPOINT must be an https:// address without a user and a password: the token in HF_TOKEN goes " +
      "there.",
  ],
  [
    "USAGE",
    messages.malformedVary("beta"),
    '--vary must be path=value,value,…, as in plugins.clsa.beta=0,0.5,1, got "beta".',
  ],
  [
    "USAGE",
    messages.nothingToCompare(),
    "There is nothing to compare: give two configs, or one config and --vary path=value,value.",
  ],
  ["USAGE", messages.outWithResume(), "--out is for a new run; --resume continues in the run's own folder."],
  ["USAGE", messages.questionsCancelled(), "Cancelled before the last answer; nothing was written."],
  ["USAGE", messages.sameRunTwice(), "report was given the same run twice."],
  [
    "USAGE",
    messages.sameVariantName("a", "x/a.yaml", "y/a.json"),
    'Two variants would be called "a": x/a.yaml and y/a.json.',
  ],
  ["USAGE", messages.tooFewImages("./few", 15, 16), "./few has 15 images; training needs at least 16."],
  [
    "USAGE",
    messages.unknownCode("INVALID_DATE", ' Did you mean "INVALID_DATA"?'),
    'There is no error code INVALID_DATE. Did you mean "INVALID_DATA"?',
  ],
  [
    "USAGE",
    messages.unknownEncoder("resnet21", "photos", ["resnet18", "resnet50"]),
    '--encoder must be one of resnet18, resnet50 for photos, got resnet21. Did you mean "resnet18"?',
  ],
  [
    "USAGE",
    messages.unknownKey("optimizer.momentun", ["optimizer.lr", "optimizer.momentum"]),
    'optimizer.momentun: the config has no such option. Did you mean "optimizer.momentum"? ' +
      "Without a key, tssl config explain shows all options.",
  ],
  [
    "USAGE",
    messages.unknownView("strong", ["query", "key"]),
    "--view must name views of this config (query, key), got strong.",
  ],
  [
    "USAGE",
    messages.unknownBaseline("0.05", ["0.1", "0.5"]),
    '--baseline must be one of 0.1, 0.5, got "0.05". Did you mean "0.5"?',
  ],
  [
    "USAGE",
    messages.variesSeveralConfigs(["a.yaml", "b.yaml"]),
    "--vary varies one config, got 2: a.yaml, b.yaml.",
  ],
  [
    "commander.invalidArgument",
    messages.mustBeOneOf("byol+clas", ["byol", "byol+clsa"]),
    'It must be one of byol, byol+clsa. Did you mean "byol+clsa"?',
  ],
  [
    "commander.invalidArgument",
    messages.mustBeRepository(),
    "It must be the name of a repository with its owner, such as me/encoder.",
  ],
  ["commander.invalidArgument", messages.mustBeACosine(), "It must be a cosine above 0 and at most 1."],
  [
    "USAGE",
    messages.projectionsOfFile("a.safetensors"),
    "--projections are those of a run's head, and a.safetensors holds an encoder alone. Name the run folder.",
  ],
  [
    "USAGE",
    messages.checkpointOfFile("a.safetensors"),
    "--checkpoint names one of a run, and a.safetensors is a file of weights.",
  ],
  [
    "WEIGHTS",
    messages.encoderFileUnknown("a.safetensors"),
    "a.safetensors does not say which encoder it holds, and it is no ResNet of torchvision. Give a file " +
      "that tssl export wrote, one of timm with its config.json beside it, or a run folder.",
  ],
  ["USAGE", messages.notAnEmbeddingFile("x.csv"), '--out must end in .parquet or .npy, got "x.csv".'],
  ["commander.invalidArgument", messages.mustBeAbove0(), "It must be a number above 0."],
  ["commander.invalidArgument", messages.mustBeAtLeast0(), "It must be a whole number, 0 to 4,294,967,295."],
  ["commander.invalidArgument", messages.mustBeACount(1e6), "It must be a whole number, 1 to 1,000,000."],
  ["commander.invalidArgument", messages.mustBeFewer(1000), "It must name at most 1,000 numbers."],
  ["commander.invalidArgument", messages.mustBeAtMost1(), "It must be at most 1."],
  ["commander.invalidArgument", messages.mustBeAPort(), "It must be a whole number from 0 to 65535."],
  [
    "commander.invalidArgument",
    messages.mustBeASize(),
    "It must be a size above 0 with its unit, such as 800kB, 500MB or 1.5GB.",
  ],
])("%s: %s", (code, error, sentence) => {
  expect(error.code).toBe(code);
  expect(error.message).toBe(sentence);
});

it("says what --checkpoint best means", () => {
  const chosen = (by: "knn" | "held-out" | "rank", value: number, testOfRun: boolean) =>
    messages.checkpointChosen("step-0000120", { by, value }, testOfRun);
  expect([
    chosen("knn", 0.382, true),
    chosen("knn", 0.382, false),
    chosen("held-out", 0.35, true),
    chosen("rank", 23.12, true),
  ]).toEqual([
    "step-0000120 is the best by kNN accuracy on the run's test images, 38.2 %, which are classified here " +
      "too: results of a checkpoint that was chosen by them are too good. checkpoint.best: held-out, or " +
      "rank, chooses without them.",
    "step-0000120 is the best by kNN accuracy on the run's test images, 38.2 %.",
    "step-0000120 is the best by kNN accuracy on held-out labelled images, 35.0 %; no test image was " +
      "looked at.",
    "step-0000120 is the best by the effective rank of its features, 23.1; no label was looked at.",
  ]);
});

it("says what became of an evaluation", () => {
  expect(messages.probeDiverges({ learningRate: 30, trainLoss: 77.91 }, Math.log(10))).toBe(
    "With lr 30 the probe's loss ends at 77.9, above that of guessing (2.30): the rate is too large for " +
      "these features. Try a smaller --lr.",
  );
  expect(messages.evaluationNotKept("runs/a", "EROFS: read-only file system")).toBe(
    "The result could not be kept in runs/a: EROFS: read-only file system.",
  );
  const share = (top1: number) => ({ fraction: 0.1, top1, images: 1000 });
  expect(messages.preTrainingPays(share(0.6), share(0.5))).toBe(
    "With 10.0 % of the labels pre-training pays: +10.0 points over the same network from scratch.",
  );
  expect(messages.preTrainingPays(share(0.52), share(0.5))).toBe(
    "With 10.0 % of the labels pre-training makes no clear difference: +2.0 points, and luck explains " +
      "4.4 points.",
  );
  expect(messages.preTrainingPays(share(0.4), share(0.5))).toBe(
    "With 10.0 % of the labels training from scratch is better, by 10.0 points.",
  );
  expect(messages.costsByTestImages()).toBe(
    "C is the one with the highest mAP on the test images, as in VISSL's code: read these as best cases.",
  );
});

it("says how an export and an embedding go", () => {
  expect([
    messages.artefactProven("onnx", "onnxruntime-web"),
    messages.imageTooLarge("4096 × 4096", 6.5e9, 2 ** 30).message,
    messages.smallerBatch(256, "4096 × 4096", 1.6e12, 20e9, 3),
    messages.embeddingGoesOn(1024, 5000),
    messages.embedded(1024, 5000, 312.4, "13 s"),
    messages.lookedAt(1024, 5000),
    messages.embeddingsWritten(5000, 512, "a.npy"),
    messages.nearDuplicatesFound(0, 0),
    messages.nearDuplicatesFound(1, 1),
    messages.nearDuplicatesFound(30, 20),
    messages.OUTLIERS,
  ]).toEqual([
    "onnx is proven (onnxruntime-web).",
    "One image of 4096 × 4096 pixels needs about 6.05 GiB of memory in this encoder, and 1.00 GiB are free. " +
      "Use an encoder of smaller images, or a machine with more memory.",
    "A batch of 256 images of 4096 × 4096 pixels needs about 1.46 TiB of memory, and 18.6 GiB are free: " +
      "3 images are taken at a time.",
    "An earlier call has computed 1,024 of 5,000 images; this one goes on.",
    "1,024 of 5,000 images, 312 a second, 13 s left.",
    "Looked at 1,024 of 5,000 images.",
    "5,000 images, 512 features: a.npy",
    "No near duplicates.",
    "1 group of near duplicates, each with its smallest cosine:",
    "30 groups of near duplicates, of which the 20 largest follow, each with its smallest cosine:",
    "Images that are like no other, each with the mean cosine to its nearest:",
  ]);
});

it("says why there is no baseline", () => {
  expect(messages.baselineNotMeasured("The loss is not a number.")).toBe(
    "The untrained encoder could not be measured, so there is no baseline: The loss is not a number.",
  );
});

it("says how a fine-tuning goes on", () => {
  expect(messages.fineTuningGoesOn("with 10.0 % of the labels", { epoch: 3, batch: 0 }, 20)).toBe(
    "An earlier call has trained with 10.0 % of the labels for 3 of 20 epochs; this one goes on.",
  );
  expect(messages.fineTuningGoesOn("from scratch with 1.0 % of the labels", { epoch: 0, batch: 1 }, 1)).toBe(
    "An earlier call has trained from scratch with 1.0 % of the labels for 0 of 1 epoch and 1 step; this " +
      "one goes on.",
  );
  expect(messages.fineTuningEnded("with 10.0 % of the labels")).toBe(
    "An earlier call has trained with 10.0 % of the labels to the end; its result is taken.",
  );
  expect(messages.fineTuningBegunAnew("with 10.0 % of the labels", "It is of other images.")).toBe(
    "Training with 10.0 % of the labels begins anew: what an earlier call has kept of it cannot be used. " +
      "It is of other images.",
  );
  expect(messages.fineTuningNotKept("EROFS: read-only file system")).toBe(
    "The state of the training cannot be kept (EROFS: read-only file system). Where this call is stopped, " +
      "the next one begins anew.",
  );
  expect([true, false].map(messages.fineTuningStopped)).toEqual([
    "Stopped. The same command goes on from here.",
    "Stopped.",
  ]);
});

it("says what it makes of a model of timm", () => {
  expect(messages.timmModelUnknown("a/model.safetensors", "resnet50d").message).toBe(
    "a/model.safetensors holds resnet50d of timm, by the config.json beside it, which is no encoder of " +
      "tssl. Those are resnet18, resnet34, resnet50, resnext50_32x4d, wide_resnet50_2, convnext_tiny, and " +
      "ViTs as timm's vit_tiny, vit_small, vit_base and deit without distillation.",
  );
  expect(messages.timmCropsOtherwise(0.95, "bicubic")).toBe(
    "timm resizes images for this model by bicubic interpolation and cuts out the middle 95.0 %; tssl " +
      "resizes bilinearly and cuts out 87.5 %, so that features of a photo differ a little.",
  );
});

it("says what a page is without", () => {
  expect(messages.noPictures("/images must be a folder of images.")).toBe(
    "The page has no pictures: /images must be a folder of images.",
  );
  expect(messages.noViews("This would run code.")).toBe(
    "The page has no pictures of views. This would run code.",
  );
});

describe("what came of measuring a figure again", () => {
  const reportIt =
    " Check the installation with tssl doctor. If it is well, please report this with what doctor prints.";

  it("steps beside PyTorch's", () => {
    const found = { loss: 2e-7, gradients: 4.1e-6, state: 1.5e-6 };
    const tolerance = { loss: 1e-5, gradients: 1e-4, state: 1e-4 };
    const compared = { name: "moco-steps", steps: 10, found, tolerance };
    const sentence =
      "10 steps of moco-steps differ from PyTorch's by: loss 2.0e-7 (allowed 1.0e-5), gradients 4.1e-6 " +
      "(allowed 1.0e-4), state 1.5e-6 (allowed 1.0e-4).";
    expect(messages.stepsCompared({ ...compared, holds: true })).toBe(sentence);
    expect(messages.stepsCompared({ ...compared, holds: false })).toBe(sentence + reportIt);
    expect(messages.goldenStepsGone("moco-steps")).toBe(
      "The installed plugin has no steps of PyTorch's named moco-steps any more. Install one version of " +
        "all packages.",
    );
  });

  it("a miniature beside the receipt's", () => {
    const compared = { preset: "moco/a", steps: 10, step: 3, got: 9.5, want: 9, difference: 0.0555 };
    const sentence =
      "Of the first 10 losses of moco/a on the bundled images, that of step 3 is farthest from the " +
      "receipt's: 9.50000, there 9.00000; they differ by 5.6e-2 (allowed 1.0e-3).";
    expect(messages.miniatureCompared({ ...compared, tolerance: 1e-3, holds: false })).toBe(
      sentence + reportIt,
    );
    expect(messages.presetChanged("moco/a")).toBe(
      "moco/a no longer has the values that were measured, so its curve says nothing of it. Install the " +
        "version of tssl that the receipt names, or measure it anew.",
    );
  });

  it("a step's time beside MoCo's", () => {
    expect(messages.costCompared({ found: 1.3, ratio: 1.25, tolerance: 0.1, holds: true })).toBe(
      "A step takes 1.30 times as long as MoCo v2's here, 1.25 times in the receipt (allowed ± 10.0 % of " +
        "it).",
    );
    expect(messages.costCompared({ found: 2, ratio: 1.25, tolerance: 0.1, holds: false })).toMatch(
      / of it\)\. Close other programs and measure again; another processor may have another ratio\.$/,
    );
  });
});
