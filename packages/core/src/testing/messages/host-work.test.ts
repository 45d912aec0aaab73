import { eachIsHere, sentences } from "../../messages/sentences.test.data.ts";
import * as messages from "./host-work.ts";

sentences([
  [
    messages.writtenMisshapen("mine", "mine.center", Float32Array.of(1, 2, 3), Float32Array.of(1, 2)),
    '[mine] beforeEpoch writes 3 values (Float32Array) to "mine.center", which holds 2 values ' +
      "(Float32Array). Write values of the variable's shape and type.",
  ],
  [
    messages.stateAssignedByHand("mine", ["mine.center"]),
    '[mine] beforeEpoch assigns the state "mine.center" itself, so work that is stopped would leave half ' +
      "of it behind. Write it with `write` of the context.",
  ],
  [
    messages.hostWorkVaries("mine", ["mine.center"], 8),
    '[mine] beforeEpoch writes different values to "mine.center" when it is called again with the same ' +
      "state (before step 8). Draw from `random` of the context, and remember nothing in JavaScript.",
  ],
  [
    messages.stoppedWorkLeavesTrace("mine", ["mine.center"]),
    '[mine] beforeEpoch changes the state "mine.center" when it is stopped, but the work is done anew once ' +
      "the run goes on, and must then find the same state. Change nothing when `signal` is aborted.",
  ],
  [
    messages.hostWorkRemembersStop("mine", ["mine.center"]),
    '[mine] beforeEpoch writes different values to "mine.center" once it has been stopped. Remember ' +
      "nothing in JavaScript.",
  ],
]);

eachIsHere(messages, import.meta.url);
