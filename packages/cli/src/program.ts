import { TSSL_VERSION } from "@tssl/core/run";
import { Command } from "commander";

import { addCompare } from "./commands/compare.ts";
import { addConfigExplain } from "./commands/config-explain.ts";
import { addConfigPresets } from "./commands/config-presets.ts";
import { addConfigSchema } from "./commands/config-schema.ts";
import { addDemo } from "./commands/demo.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addEvaluateKnn } from "./commands/evaluate-knn.ts";
import { addEvaluateLinear } from "./commands/evaluate-linear.ts";
import { addInit } from "./commands/init.ts";
import { addInspectGraph } from "./commands/inspect-graph.ts";
import { addInspectRun } from "./commands/inspect-run.ts";
import { addPack } from "./commands/pack.ts";
import { addPreview } from "./commands/preview.ts";
import { addReplay } from "./commands/replay.ts";
import { addReport } from "./commands/report.ts";
import { addTrain } from "./commands/train.ts";
import { addWatch } from "./commands/watch.ts";

/** The commands of `tssl`, with their options and help. It runs nothing until `parse` is called. */
export function buildProgram(): Command {
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
  tssl config explain config.yaml            every value, and where it comes from
  tssl inspect runs/demo                     how a run stands: is it learning, has it collapsed, what next
  tssl inspect graph config.yaml             what a step does and where its time goes, without data
  tssl doctor                                what is here, does it work, what to do if not

TSSL_SET="epochs=5;optimizer.lr=0.1" in the environment stands before every --set.

Exit codes: 0 done, 1 failed, 2 wrong command line or config, 130 stopped by Ctrl-C,
143 stopped by SIGTERM, 129 as the terminal closed.`,
    );

  addDemo(program);
  addTrain(program);
  addInit(program);
  const config = program.command("config").description("explain a config; presets; a schema for editors");
  addConfigExplain(config);
  addConfigPresets(config);
  addConfigSchema(config);
  addCompare(program);
  addWatch(program);
  addReport(program);
  const evaluate = program.command("evaluate").description("measure a trained encoder");
  addEvaluateKnn(evaluate);
  addEvaluateLinear(evaluate);
  addPack(program);
  addPreview(program);
  addReplay(program);
  const inspect = addInspectRun(program);
  addInspectGraph(inspect);
  addDoctor(program);
  return program;
}
