import * as messages from "./doubts.ts";
import { eachIsHere, sentences } from "./sentences.test.data.ts";

const run = (variant: string, seed: number, reason?: string) => ({
  variant,
  seed,
  status: reason === undefined ? "not run" : "failed",
  ...(reason === undefined ? {} : { reason }),
});

sentences([
  [
    messages.runsMissing([run("a", 0, "full disk."), run("a", 2, "full disk."), run("a", 3), run("b", 3)], 8),
    "4 of 8 runs did not finish (a, seeds 0 and 2: failed: full disk; a, seed 3: not run; b, seed 3: not " +
      "run). All numbers are of the others, and differences of the seeds that both variants have finished.",
  ],
  [
    messages.notEvaluated(run("a", 2, "full disk.")),
    "a, seed 2 has finished, but a measurement is missing: full disk.",
  ],
  [
    messages.runChanged(run("a", 2), ["epochs was 4, is 5", "seed was 0, is 1"]),
    "a, seed 2 is not what the comparison planned: when it was resumed, epochs was 4, is 5; seed was " +
      "0, is 1.",
  ],
  [
    messages.runsElsewhere(["cores (2, 8)", "Node (20, 22)"]),
    "Not all runs had the same machine and versions, so times and memory do not compare: cores (2, 8), " +
      "Node (20, 22).",
  ],
]);

eachIsHere(messages, import.meta.url);
