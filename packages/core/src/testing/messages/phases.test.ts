import { eachIsHere, sentences } from "../../messages/sentences.test.data.ts";
import * as messages from "./phases.ts";

sentences([
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
]);

eachIsHere(messages, import.meta.url);
