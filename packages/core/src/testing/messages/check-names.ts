// The names of the kit's checks and tests, and what a test must name that its plugin requires.

import { TsslError } from "../../errors.ts";
import { quoted } from "./listed-names.ts";

/** What a plugin that passes a check does; each completes "it …". */
export const checkNames = {
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
  determinism: "gives the same numbers for the same seed, to the bit, whatever the number of loader workers",
  resume: "goes on from a checkpoint as if it had not stopped, to the bit",
} as const;

/** @param host the plugin that the tested one stands on, where there is one. */
export const testName = (check: keyof typeof checkNames, host: string | undefined): string =>
  host === undefined ? checkNames[check] : `on ${host}: ${checkNames[check]}`;

/** @param options those of the plugin that its test sets. */
export const suiteName = (plugin: string, options: object | undefined): string =>
  `the plugin ${plugin}${options === undefined ? "" : ` with ${JSON.stringify(options)}`}`;

/** @param publications names of what the plugin requires. */
export const testedAlone = (plugin: string, publications: readonly string[]): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    `[${plugin}] requires ${publications.map(quoted).join(", ")}: name in the test's option \`on\` the ` +
      "plugins that it is to be tested on, for example { on: [myMethod] }.",
    { data: { plugin, publications } },
  );
