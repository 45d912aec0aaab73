import { withoutSecrets } from "@tssl/augment-zoo";
import { TSSL_VERSION } from "@tssl/core/run";
import { Command } from "commander";

import { addCluster } from "./commands/cluster.ts";
import { addCompare } from "./commands/compare.ts";
import { addConfigExplain } from "./commands/config-explain.ts";
import { addConfigPresets } from "./commands/config-presets.ts";
import { addConfigSchema } from "./commands/config-schema.ts";
import { addData } from "./commands/data.ts";
import { addDemo } from "./commands/demo.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addEmbed } from "./commands/embed.ts";
import { addEvaluateFineTune } from "./commands/evaluate-finetune.ts";
import { addEvaluateKnn } from "./commands/evaluate-knn.ts";
import { addEvaluateLinear } from "./commands/evaluate-linear.ts";
import { addEvaluateSvm } from "./commands/evaluate-svm.ts";
import { addExport } from "./commands/export.ts";
import { addExplain } from "./commands/explain.ts";
import { addInit } from "./commands/init.ts";
import { addInspectGraph } from "./commands/inspect-graph.ts";
import { addInspectRun } from "./commands/inspect-run.ts";
import { addNewPlugin } from "./commands/new-plugin.ts";
import { addPack } from "./commands/pack.ts";
import { addPreview } from "./commands/preview.ts";
import { addReplay } from "./commands/replay.ts";
import { addReport } from "./commands/report.ts";
import { addReproduce } from "./commands/reproduce.ts";
import { addTable } from "./commands/table.ts";
import { addTrain } from "./commands/train.ts";
import { addWatch } from "./commands/watch.ts";
import { printNotice, printResult } from "./terminal.ts";

/** The commands of `tssl`, with their options and help. It runs nothing until `parse` is called. */
export function buildProgram(): Command {
  const program = new Command("tssl")
    .description("Self-supervised learning: train image encoders without labels.")
    .version(TSSL_VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: printResult,
      writeErr: printNotice,
      // What is wrong with a value is said with the value, which may be an address with a password.
      outputError: (text, write) => write(withoutSecrets(text)),
    })
    // Otherwise the --json of `inspect graph … --json` would be that of inspect, which has one too.
    .enablePositionalOptions()
    .showHelpAfterError("(run with --help for examples)")
    .addHelpText(
      "after",
      `
Examples:
  tssl demo                                  MoCo + CLSA on bundled images, a few minutes on a CPU
  tssl init                                  write a config for a folder of images
  tssl train config.yaml                     train with a config file (YAML, JSON or TypeScript)
  tssl train config.yaml --set epochs=5      the same with one value changed
  tssl train --resume runs/demo              continue a run that was stopped or killed
  tssl evaluate knn runs/demo                classify by nearest neighbours with a trained encoder
  tssl evaluate linear runs/demo             train a linear classifier on its features
  tssl evaluate svm runs/demo                rank images by linear SVMs, as on VOC07
  tssl evaluate finetune runs/demo           train all of it with few labels, against the same from scratch
  tssl cluster runs/demo                     cluster its images, and write a page with the most central ones
  tssl compare a.yaml b.yaml                 train both with the same seeds, and compare the results
  tssl watch runs/demo                       follow a run live in the browser
  tssl report runs/a runs/b                  write one page with the curves of several runs
  tssl data ./images                         show what images there are: classes, sizes, copies, what is left out
  tssl export runs/demo --to onnx --out net  take the encoder to PyTorch, ONNX, the browser or detectron2
  tssl embed runs/demo ./images --out x.npy  write the features of every image; near duplicates, outliers
  tssl pack ./images --out shards            pack many small files into a few large ones
  tssl preview config.yaml                   write a page with views exactly as training will make them
  tssl replay runs/demo --step 120           repeat a step, and show its tensors
  tssl config explain config.yaml            show every value, and where it comes from
  tssl inspect runs/demo                     show the progress of a run: does it learn, has it collapsed
  tssl inspect graph config.yaml             show the ops of a step and their time, without images
  tssl table                                 show what is published and what was measured of each system
  tssl reproduce moco                        measure a row of the table again, in miniature
  tssl doctor                                check the installation and the machine
  tssl new plugin my-method                  write a package with a method of your own, to start from
  tssl explain INVALID_DATA                  explain the code of an error

TSSL_SET="epochs=5;optimizer.lr=0.1" in the environment is applied before every --set.

Exit codes: 0 success, 1 failure, 2 wrong command line or config, 129 terminal closed, 130 stopped by Ctrl-C,
143 stopped by SIGTERM.`,
    );

  addDemo(program);
  addTrain(program);
  addInit(program);
  const config = program
    .command("config")
    .description("explain a config, list presets, write a schema for editors");
  addConfigExplain(config);
  addConfigPresets(config);
  addConfigSchema(config);
  addCompare(program);
  addWatch(program);
  addReport(program);
  const evaluate = program.command("evaluate").description("measure a trained encoder");
  addEvaluateKnn(evaluate);
  addEvaluateLinear(evaluate);
  addEvaluateSvm(evaluate);
  addEvaluateFineTune(evaluate);
  addCluster(program);
  addExport(program);
  addEmbed(program);
  addData(program);
  addPack(program);
  addPreview(program);
  addReplay(program);
  const inspect = addInspectRun(program);
  addInspectGraph(inspect);
  addTable(program);
  addReproduce(program);
  addNewPlugin(program.command("new").description("start something of your own"));
  addDoctor(program);
  addExplain(program);
  return program;
}
