import { eachIsHere, sentences } from "../../messages/sentences.test.data.ts";
import * as messages from "./determinism.ts";

sentences([
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
]);

eachIsHere(messages, import.meta.url);
