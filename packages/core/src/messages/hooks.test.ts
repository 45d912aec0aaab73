import * as messages from "./hooks.ts";
import { eachIsHere, errors } from "./sentences.test.data.ts";

errors([
  [
    "INVALID_PLUGIN",
    messages.hookFailed("spread", "step", new Error("x is not a function")),
    "[spread] step failed: x is not a function",
  ],
  [
    "INVALID_PLUGIN",
    messages.hookFailed("spread", "after", new Error("Tensor is disposed."), { readsFreed: true }),
    "[spread] after failed: Tensor is disposed. A tensor of `step` that `after` reads must pass through " +
      "`keep`.",
  ],
  [
    "INVALID_PLUGIN",
    messages.hookFailed("spread", "step", messages.noSuchView("views", "secnd", ["first", "second"]), {
      place: "spread.ts:31:32",
    }),
    '[spread] step failed: there is no view "secnd"; views has first, second. Did you mean "second"? ' +
      "(at spread.ts:31:32)",
  ],
  [
    "INVALID_PLUGIN",
    messages.hookFailed("spread", "step", messages.noSuchView("patches", "key", [])),
    '[spread] step failed: there is no view "key"; patches is empty.',
  ],
  [
    "INVALID_PLUGIN",
    messages.notAnObjectWith("spread", "what setup returns", "step(context) { … }", { stepp: 1 }),
    "[spread] what setup returns must be an object with step(context) { … }, got { stepp }.",
  ],
  [
    "INVALID_PLUGIN",
    messages.notAnObjectWith("spread", 'the term "off" of step', "loss, weight, chance", 3),
    '[spread] the term "off" of step must be an object with loss, weight, chance, got 3.',
  ],
  [
    "INVALID_PLUGIN",
    messages.unknownKey("spread", "what step returns", "term", ["terms", "metrics"]),
    '[spread] what step returns has an unknown "term". Did you mean "terms"? Known: terms, metrics.',
  ],
  [
    "INVALID_PLUGIN",
    messages.notAScalar("spread", 'the loss of the term "off"', [8, 8]),
    '[spread] step: the loss of the term "off" must be a scalar, got a tensor of shape [8, 8]. ' +
      "Take its mean or its sum.",
  ],
  [
    "INVALID_PLUGIN",
    messages.notAScalar("spread", 'the metric "rank"', 3),
    '[spread] step: the metric "rank" must be a tensor without dimensions, got 3.',
  ],
  [
    "INVALID_PLUGIN",
    messages.notOwnNetwork("spread"),
    "[spread] emaOf needs a network that this plugin made with build.network.",
  ],
  [
    "INVALID_PLUGIN",
    messages.parameterMissing("target", "online", "conv.weight"),
    'target has no parameter "conv.weight" to follow online: the encoder must give its parameters the same ' +
      "names each time it is built.",
  ],
  ["INVALID_PLUGIN", messages.stateExists("a"), 'State "a" exists already. Choose another name.'],
  ["INVALID_PLUGIN", messages.stateMissing("b"), 'There is no state "b".'],
  [
    "INVALID_PLUGIN",
    messages.inputMissing("other.share"),
    'The run has no input "other.share". Make it with build.input, in setup.',
  ],
  [
    "INVALID_PLUGIN",
    messages.embeddingsDisagree({ first: [4, 8], second: [4, 3] }),
    "The published embeddings must be those of two or more views, all of one shape [B, D], got first [4, " +
      "8], second [4, 3].",
  ],
  [
    "INVALID_PLUGIN",
    messages.notPublished("embeddingSpace"),
    '"embeddingSpace" was not published in this step. List it in `requires`: its publisher then runs first.',
  ],
  [
    "INVALID_PLUGIN",
    messages.variableNotInState(),
    "The variable is not part of the run's state. Make it with build.",
  ],
  [
    "INVALID_PLUGIN",
    messages.stateOfAnotherPlugin("term", "moco.queue"),
    '"moco.queue" belongs to another plugin. A plugin may write its own state alone.',
  ],
  [
    "INVALID_PLUGIN",
    messages.nothingToFreeze("toy.prototypes", ["toy.network.w", "toy.network.b"]),
    'phase: the run has no trained parameter "toy.prototypes" to freeze. It has toy.network.w, ' +
      "toy.network.b.",
  ],
]);

eachIsHere(messages, import.meta.url);
