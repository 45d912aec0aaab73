import { eachIsHere, sentences } from "../../messages/sentences.test.data.ts";
import * as messages from "./state.ts";

const tensor = { shape: [2, 4], dtype: "int32" } as const;

sentences([
  [
    messages.variableBesideState("mine", "setup", [tensor, tensor, { shape: [], dtype: "float32" }]),
    "[mine] setup makes a variable ([2, 4] int32; [] float32) that is not part of the run's state, so no " +
      "checkpoint would hold it. Make it with `build.variable`, in `setup`.",
  ],
  [
    messages.tensorCarriedOver("mine", "step", [tensor]),
    "[mine] step carries a tensor ([2, 4] int32) into the next step, and it is not part of the run's " +
      "state, so no checkpoint would hold it. Make a variable of it with `build.variable`, in `setup`.",
  ],
  [
    messages.tensorLeftByStep("mine", "after", [tensor]),
    "[mine] after leaves a tensor ([2, 4] int32) behind in each step. Pass what `after` reads through " +
      "`keep` of the context, not through `tf.keep`; make what later steps read with `build`.",
  ],
  [
    messages.tensorLeftAtEnd("mine", "setup", [tensor]),
    "[mine] setup makes a tensor ([2, 4] int32) that is left when the run is disposed. `build` copies " +
      "first values, so dispose yours; make constants in `step`.",
  ],
  [
    messages.stateWrittenInStep("mine", ["mine.keys.rows", "mine.keys.cursor"]),
    '[mine] step writes the state "mine.keys.rows", "mine.keys.cursor": plugins that run after it in the ' +
      "step would see the new values, those before it the old ones. Write state in `after` or `afterStep`.",
  ],
]);

eachIsHere(messages, import.meta.url);
