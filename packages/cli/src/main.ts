#!/usr/bin/env node
import { TSSL_VERSION } from "@tssl/core";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";

import { compareCommand, type CompareFlags } from "./commands/compare.ts";
import { configExplainCommand, type ConfigExplainFlags } from "./commands/config-explain.ts";
import { configPresetsCommand } from "./commands/config-presets.ts";
import { configSchemaCommand, type ConfigSchemaFlags } from "./commands/config-schema.ts";
import { demoCommand } from "./commands/demo.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { evaluateKnnCommand, type EvaluateKnnFlags } from "./commands/evaluate-knn.ts";
import { evaluateLinearCommand, type EvaluateLinearFlags } from "./commands/evaluate-linear.ts";
import { inspectGraphCommand, type InspectGraphFlags } from "./commands/inspect-graph.ts";
import { inspectRunCommand, type InspectRunFlags } from "./commands/inspect-run.ts";
import { initCommand, type InitFlags } from "./commands/init.ts";
import { packCommand, type PackFlags } from "./commands/pack.ts";
import { previewCommand, type PreviewFlags } from "./commands/preview.ts";
import { reportCommand, type ReportFlags } from "./commands/report.ts";
import { replayCommand, type ReplayFlags } from "./commands/replay.ts";
import { type ProfileFlags, type ResumeFlags, trainCommand, type TrainFlags } from "./commands/train.ts";
import { watchCommand, type WatchFlags } from "./commands/watch.ts";
import { exitCodeOf, explain } from "./errors.ts";
import { initKinds, initMethods } from "./init-config.ts";
import { outliveOutput } from "./lost-output.ts";
import { environmentOverrides } from "./overrides.ts";

const collect = (value: string, earlier: readonly string[]): readonly string[] => [...earlier, value];

function positive(value: string): number {
  const number = Number(value);
  if (!(number > 0)) throw new InvalidArgumentError("It must be a number above 0.");
  return number;
}

function count(value: string): number {
  if (!/^[1-9]\d*$/.test(value)) throw new InvalidArgumentError("It must be a whole number from 1 on.");
  return Number(value);
}

/** "0.1,1,10" */
const positives = (value: string): readonly number[] => value.split(",").map(positive);

/** "0.01,0.1": each above 0 and at most 1. */
function fractions(value: string): readonly number[] {
  const numbers = positives(value);
  if (numbers.some((number) => number > 1)) throw new InvalidArgumentError("It must be at most 1.");
  return numbers;
}

/** "500MB" */
function bytes(value: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(kB|MB|GB)$/i.exec(value) ?? [];
  if (number === undefined || Number(number) === 0)
    throw new InvalidArgumentError("It must be a size above 0 with its unit: 800kB, 500MB, 1.5GB.");
  return Number(number) * { kb: 1e3, mb: 1e6, gb: 1e9 }[unit!.toLowerCase() as "kb" | "mb" | "gb"];
}

function seed(value: string): number {
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError("It must be a whole number from 0 on.");
  return Number(value);
}

function port(value: string): number {
  if (!/^\d+$/.test(value) || Number(value) > 65535)
    throw new InvalidArgumentError("It must be a whole number from 0 to 65535.");
  return Number(value);
}

/** "0,17": whole numbers from 0 on. */
const places = (value: string): readonly number[] => value.split(",").map(seed);

function buildProgram(finish: (code: number) => void): Command {
  const environment = environmentOverrides();
  const program = new Command("tssl")
    .description("Self-supervised learning: train image encoders without labels.")
    .version(TSSL_VERSION)
    .exitOverride()
    // So that the --json of `inspect graph … --json` is graph's, where inspect has one too.
    .enablePositionalOptions()
    .showHelpAfterError("(run with --help for examples)")
    .addHelpText(
      "after",
      `
Examples:
  tssl demo                                  MoCo + CLSA on bundled images, a few minutes on a CPU
  tssl init                                  write a config for a folder of images
  tssl train config.yaml                     train by a config file (YAML, JSON or TypeScript)
  tssl train config.yaml --set epochs=5      the same with one value changed
  tssl train --resume runs/demo              go on with a run that was stopped or killed
  tssl evaluate knn runs/demo                classify by nearest neighbours with a trained encoder
  tssl evaluate linear runs/demo             train a linear classifier on its features
  tssl compare a.yaml b.yaml                 train both with the same seeds, and say how they differ
  tssl watch runs/demo                       follow a run live in the browser
  tssl report runs/a runs/b                  curves of several runs over each other, on one page
  tssl pack ./images --out shards            pack many small files into a few large ones
  tssl preview config.yaml                   a page with views as training will make them
  tssl replay runs/demo --step 120           take a step again, and look at its tensors
  tssl config explain config.yaml            every value, and who said it
  tssl inspect runs/demo                     how a run stands: is it learning, has it collapsed, what next
  tssl inspect graph config.yaml             what a step does and where its time goes, without data
  tssl doctor                                what is here, does it work, what to do if not

TSSL_SET="epochs=5;optimizer.lr=0.1" in the environment stands before every --set.

Exit codes: 0 done, 1 failed, 2 wrong command line or config, 130 stopped by Ctrl-C, 143 stopped by SIGTERM, 129 as the terminal closed.`,
    );

  const training = (command: Command) =>
    command
      .option("--out <folder>", "run folder, new or empty (default: runs/<name>-<time>)")
      .option("--set <path=value>", "change one value of the config; may be repeated", collect, environment);

  training(
    program.command("demo").description("train MoCo + CLSA on a bundled CIFAR-10 subset and write a report"),
  ).action(async (flags: TrainFlags) => finish(await demoCommand(flags)));
  training(
    program
      .command("train")
      .description("train by a config file, or go on with a run")
      .argument("[config]", "YAML, JSON or TypeScript file; with --resume by default the run's own"),
  )
    .option("--resume <run>", "go on with this run from its newest checkpoint, to the same numbers")
    .option(
      "--allow-change <path>",
      "with --resume: what has changed on purpose, such as optimizer.lr, images.train or versions; may be repeated",
      collect,
      [],
    )
    .option(
      "--profile",
      "say at the end whether the loader or the step takes the time, and what to do",
      false,
    )
    .addHelpText(
      "after",
      `
A config file:
  data: { train: ./images, test: ./labelled-test }   # paths count from the file's folder
  imageSize: 32
  epochs: 200
  batchSize: 256
  encoder: { use: resnet18, stem: cifar }
  plugins: [{ use: moco }, { use: clsa, beta: 1 }]
  optimizer: { use: sgd, lr: 0.06, momentum: 0.9, weightDecay: 5e-4 }

A run that was stopped or killed:
  tssl train --resume runs/run-1                            goes on as if nothing had happened
  tssl train --resume runs/run-1 --set epochs=400           goes on with this value changed`,
    )
    .action(async (config: string | undefined, flags: TrainFlags & ResumeFlags & ProfileFlags) =>
      finish(await trainCommand(config, flags)),
    );

  program
    .command("init")
    .description(
      "ask for images, their size, a method and epochs, and write a config that says where its values come from",
    )
    .argument(
      "[place]",
      "a folder, or a .yaml file; nothing is overwritten but the schema beside it",
      "config.yaml",
    )
    .option("--images <folder>", "JPEG, PNG or WebP images to train on")
    .addOption(
      new Option(
        "--kind <kind>",
        "small images as CIFAR's, or photos (default: what the first image is)",
      ).choices(initKinds),
    )
    .addOption(new Option("--method <name>", "what is trained (default: moco+clsa)").choices(initMethods))
    .option("--epochs <count>", "passes over the images (default: the preset's)", count)
    .option("-y, --yes", "ask nothing: defaults for whatever is not given", false)
    .addHelpText(
      "after",
      "\nExample:\n  tssl init my-run --images ./images --method byol+clsa --epochs 100 --yes",
    )
    .action(async (place: string, flags: InitFlags) => finish(await initCommand(place, flags)));

  const config = program.command("config").description("explain a config; presets; a schema for editors");
  config
    .command("explain")
    .description(
      "values of a config, who said them (file and line, preset, --set, TSSL_SET, default) and what they mean",
    )
    .argument("<key-or-config>", "an option or a section, such as optimizer.lr; left out: all of them")
    .argument("[config]", "YAML, JSON or TypeScript file")
    .option("--set <path=value>", "change one value of the config; may be repeated", collect, environment)
    .addHelpText(
      "after",
      "\nExamples:\n  tssl config explain config.yaml\n  tssl config explain plugins.clsa.beta config.yaml",
    )
    .action(async (first: string, second: string | undefined, flags: ConfigExplainFlags) =>
      finish(
        await (second === undefined
          ? configExplainCommand(undefined, first, flags)
          : configExplainCommand(first, second, flags)),
      ),
    );
  config
    .command("presets")
    .description("what can stand after extends:, with the paper and the source of each")
    .action(async () => finish(await configPresetsCommand()));
  config
    .command("schema")
    .description("the JSON Schema of a config, for editors that complete and check YAML")
    .option("--out <file>", "default: standard output")
    .addHelpText(
      "after",
      "\nFirst line of a config that uses it:\n  # yaml-language-server: $schema=./tssl.schema.json",
    )
    .action(async (flags: ConfigSchemaFlags) => finish(await configSchemaCommand(flags)));

  program
    .command("compare")
    .description("train variants with the same seeds, and say how they differ and what they cost")
    .argument(
      "<configs...>",
      "two or more config files, or one with --vary; the first variant is what the others are compared with",
    )
    .option(
      "--vary <path=value,…>",
      "one variant for each value; of several --vary every combination",
      collect,
      [],
    )
    .option("--seeds <count>", "runs of each variant, seeds 0, 1, …", count, 5)
    .option("--set <path=value>", "change one value in all of them; may be repeated", collect, environment)
    .option("--linear", "evaluate every run by a linear probe as well", false)
    .option(
      "--out <folder>",
      "folder of the comparison; one that was stopped goes on (default: runs/compare-<time>)",
    )
    .option("--json", "one line of JSON with everything", false)
    .addHelpText(
      "after",
      `
Examples:
  tssl compare moco.yaml moco-with-clsa.yaml --seeds 5 --linear
  tssl compare config.yaml --vary plugins.clsa.beta=0,0.5,1,2
  tssl compare config.yaml --vary encoder.use=resnet18,resnet20 --vary optimizer.lr=0.03,0.06`,
    )
    .action(async (configs: string[], flags: CompareFlags) => finish(await compareCommand(configs, flags)));

  program
    .command("watch")
    .description(
      "serve a run's live page on this machine (127.0.0.1) until Ctrl-C; the run may go on or have ended",
    )
    .argument("<run>", "run folder")
    .option("--port <number>", "of the page; 0 for a free one", port, 6100)
    .addHelpText("after", "\nExample:\n  tssl watch runs/demo --port 0")
    .action(async (run: string, flags: WatchFlags) => finish(await watchCommand(run, flags)));

  program
    .command("report")
    .description(
      "write a run's page anew, at any time; of several runs, one page with their curves over each other",
    )
    .argument("<runs...>", "run folders")
    .option(
      "--out <file>",
      "the page (default: report.html in the run's folder; overlay.html for several runs)",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  tssl report runs/demo\n  tssl report runs/a runs/b --out overlay.html",
    )
    .action(async (runs: string[], flags: ReportFlags) => finish(await reportCommand(runs, flags)));

  const evaluate = program.command("evaluate").description("measure a trained encoder");

  /** What every evaluation takes. */
  const evaluation = (name: string, description: string) =>
    evaluate
      .command(name)
      .description(description)
      .argument("<run>", "run folder")
      .option(
        "--train <folder>",
        "labelled images to learn from, in a folder or shards (default: the run's data.train)",
      )
      .option("--test <folder>", "labelled images to classify (default: the run's data.test)")
      .option("--checkpoint <name>", 'a name, or "best" by kNN (default: the newest)')
      .option("--json", "one line of JSON", false);

  evaluation("knn", "weighted k-nearest-neighbour classification on the frozen encoder's features")
    .option("-k, --k <count>", "neighbours that vote (default: the run's)", positive)
    .option("--temperature <t>", "a vote is exp(similarity / t) (default: the run's)", positive)
    .addHelpText("after", "\nExample:\n  tssl evaluate knn runs/demo --test ./other-images -k 20")
    .action(async (run: string, flags: EvaluateKnnFlags) => finish(await evaluateKnnCommand(run, flags)));

  evaluation("linear", "train a linear classifier on the frozen encoder's features")
    .option(
      "--lr <rates>",
      "learning rates; of several the best on a tenth of the training images, held out, is taken (default: 0.01 to 30)",
      positives,
    )
    .addOption(
      new Option(
        "--schedule <name>",
        "of the learning rate: a tenth at 60 % and again at 80 % as MoCo, or CLSA's cosine",
      )
        .choices(["steps", "cosine"])
        .default("steps"),
    )
    .option("--epochs <count>", "passes over the training images", count, 100)
    .option("--batch-size <count>", "images per step", count, 256)
    .option(
      "--fraction <shares>",
      "shares of the labels to train on, the same of every class; one result for each",
      fractions,
      [1],
    )
    .option("--augment", "compute features anew each epoch, of random crops and flips", false)
    .option("--out <file>", "where the result is written (default: linear.json in the run folder)")
    .option("--seed <number>", "fixes first weights, order, fractions and crops (default: the run's)", seed)
    .addHelpText(
      "after",
      "\nExamples:\n  tssl evaluate linear runs/demo --lr 30\n  tssl evaluate linear runs/demo --fraction 0.01,0.1,1",
    )
    .action(async (run: string, flags: EvaluateLinearFlags) =>
      finish(await evaluateLinearCommand(run, flags)),
    );

  program
    .command("pack")
    .description("pack images into tar shards, which every command takes in place of a folder")
    .argument("<images>", "folder of images, or shards")
    .requiredOption("--out <folder>", "where the shards go, and classes.json beside them")
    .option("--per-shard <count>", "images in a shard (default: 10000)", count)
    .addOption(
      new Option("--shard-size <size>", "or: bytes that a shard may have, such as 500MB")
        .argParser(bytes)
        .conflicts("perShard"),
    )
    .addHelpText(
      "after",
      `
Files are packed as they are, in their order, each with its class as a .cls member (WebDataset's form).

Example:
  tssl pack ./images/train --out shards      then, in a config:  data: { train: "shards/train-{000..004}.tar" }`,
    )
    .action(async (images: string, flags: PackFlags) => finish(await packCommand(images, flags)));

  program
    .command("preview")
    .description("show images beside their views as training will make them, on one page")
    .argument("<config>", "YAML, JSON or TypeScript file")
    .option("--out <file>", "the page", "preview.html")
    .option("--image <places>", "places of training images, from 0 (default: six over all of them)", places)
    .option("--epoch <epochs>", "epochs, from 0, whose views are shown", places, [0, 1, 2])
    .option("--view <names>", "views to show (default: all)", (text: string) => text.split(","))
    .option("--explain", "print the recipes with their sources, and what was done to each image", false)
    .option("--png <folder>", "write every view to a file of its own")
    .option("--set <path=value>", "change one value of the config; may be repeated", collect, environment)
    .addHelpText(
      "after",
      `
Examples:
  tssl preview config.yaml --explain
  tssl preview config.yaml --image 17 --epoch 3 --view query --set seed=1 --png views     one view of a run with seed 1`,
    )
    .action(async (config: string, flags: PreviewFlags) => finish(await previewCommand(config, flags)));

  program
    .command("replay")
    .description("take one step of a run again, and show its tensors and where numbers stop being finite")
    .argument("<run>", "run folder; nothing in it is changed")
    .option("--step <number>", "from 1 (default: the step that failed)", count)
    .option(
      "--allow-change <path>",
      "what has changed on purpose, as for train --resume; may be repeated",
      collect,
      [],
    )
    .option("--json", "one line of JSON with every tensor of the state too", false)
    .addHelpText("after", "\nExample:\n  tssl replay runs/run-1 --step 120")
    .action(async (run: string, flags: ReplayFlags) => finish(await replayCommand(run, flags)));

  const inspect = program
    .command("inspect")
    .description("what ran, how it stands, whether it is well, and what to do next; needs no labels")
    .argument("<run>", "run folder; one that is still being trained too")
    .option("--json", "one line of JSON with everything", false)
    .addHelpText(
      "after",
      "\nExamples:\n  tssl inspect runs/demo\n  tssl inspect runs/demo --json\n  tssl inspect graph config.yaml",
    )
    .action(async (run: string, flags: InspectRunFlags) => finish(await inspectRunCommand(run, flags)));
  inspect
    .command("graph")
    .description(
      "what the compiled training step does, and where its time goes on this machine; reads no data",
    )
    .argument("<config>", "YAML, JSON or TypeScript file")
    .addOption(
      new Option("--mode <mode>", "how the step runs (default: the config's)").choices(["graph", "xla"]),
    )
    .option("--steps <count>", "runs that are timed, besides the first and those traced", count, 5)
    .option("--set <path=value>", "change one value of the config; may be repeated", collect, environment)
    .option("--trace <file>", "write the traced run for https://ui.perfetto.dev or chrome://tracing")
    .option("--json", "one line of JSON with everything", false)
    .addHelpText(
      "after",
      "\nExample:\n  tssl inspect graph config.yaml --set batchSize=64 --trace trace.json",
    )
    .action(async (config: string, flags: InspectGraphFlags) =>
      finish(await inspectGraphCommand(config, flags)),
    );

  program
    .command("doctor")
    .description("print versions, devices and speed, check a convolution, and say what is wrong")
    .option("--json", "one line of JSON", false)
    .action(async (flags: { json: boolean }) => finish(await doctorCommand(flags)));

  return program;
}

const lostOutput = outliveOutput();
try {
  await buildProgram((code) => (process.exitCode = code)).parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2; // commander has printed it
  } else {
    process.stderr.write(`${explain(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
const lost = lostOutput();
if (lost !== undefined) {
  process.stderr.write(`Error: the output could not be written: ${lost.message}\n`);
  process.exitCode ||= 1;
}
// TensorFlow's threads would keep the process alive for a while.
process.exit();
