import { expect, it } from "vitest";

import { eachIsHere, sentences } from "../../messages/sentences.test.data.ts";
import * as messages from "./check-names.ts";

sentences([
  [messages.suiteName("clsa", undefined), "the plugin clsa"],
  [messages.suiteName("clsa", { strongViews: 2 }), 'the plugin clsa with {"strongViews":2}'],
]);

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

it("says what a plugin is to be tested on that requires others", () => {
  expect(messages.testedAlone("term", ["embeddingSpace", "bank"])).toMatchObject({
    code: "INVALID_PLUGIN",
    message:
      '[term] requires "embeddingSpace", "bank": name in the test\'s option `on` the plugins that it is to ' +
      "be tested on, for example { on: [myMethod] }.",
    data: { plugin: "term", publications: ["embeddingSpace", "bank"] },
  });
});

eachIsHere(messages, import.meta.url);
