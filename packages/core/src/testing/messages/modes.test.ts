import { eachIsHere, sentences } from "../../messages/sentences.test.data.ts";
import * as messages from "./modes.ts";

sentences([
  [
    messages.modesDiffer("mine", "loss of step 1 is 2 in mode graph, but 1 in mode eager", {
      learningRate: 0.001,
      smaller: 1e-5,
    }),
    "[mine] The engine's modes give different numbers: loss of step 1 is 2 in mode graph, but 1 in mode " +
      "eager. They do so with a learning rate of 0.00001 too, so the cause is hardly rounding, unless the " +
      "loss is very steep: then an even smaller learningRate in the test's options passes. JavaScript in a " +
      "step runs only while the step is recorded: take what changes from step to step from `build.input`, " +
      "or make it state with `build`.",
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
    messages.scalarDiffersBetweenModes("graph", { step: 1, name: "loss", found: 2, wanted: 1 }),
    "loss of step 1 is 2 in mode graph, but 1 in mode eager",
  ],
  [messages.stateInMode("xla", "mine.center", 20), "mine.center after 20 steps in mode xla"],
]);

eachIsHere(messages, import.meta.url);
