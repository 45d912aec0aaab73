import * as messages from "./not-finite.ts";
import { eachIsHere, errors, sentences } from "./sentences.test.data.ts";

errors([
  [
    "NOT_FINITE",
    messages.featuresNotFinite("test", 12, 1000),
    "The encoder's features of 12 of the 1,000 test images are NaN or infinite, so that they say nothing. " +
      "Choose another checkpoint with --checkpoint.",
  ],
  [
    "NOT_FINITE",
    messages.stepNotFinite({
      step: 120,
      folder: "runs/a",
      notFinite: [
        { name: "loss", value: NaN },
        { name: "clsa/ddm", plugin: "clsa", value: Infinity },
      ],
      finite: [{ name: "moco/infoNce", plugin: "moco", value: 6.2 }],
      tensors: [
        { name: "moco.w", nan: 9, infinite: 1, of: 432 },
        { name: "moco.b", nan: 0, infinite: 1, of: 2 },
      ],
      checkpoint: "step-0000100",
    }),
    "Step 120 gave numbers that are not finite. Not finite: loss is NaN, clsa/ddm (plugin clsa) is " +
      "Infinity. Finite: moco/infoNce (plugin moco) is 6.2. In the state after the step, moco.w has 9 NaN, " +
      "1 infinite of 432, and 1 more tensor is not finite. step-0000100 is the last good checkpoint. " +
      "`tssl replay runs/a` repeats the step and shows the op that first gave such a number. A smaller " +
      "optimizer.lr, a warm-up (optimizer.warmupEpochs) or gradient clipping (optimizer.clipNorm) usually " +
      "helps.",
  ],
  [
    "NOT_FINITE",
    messages.stepNotFinite({
      step: 1,
      folder: "runs/a",
      notFinite: [],
      finite: [],
      tensors: ["a", "b", "c"].map((name) => ({ name, nan: 1, infinite: 0, of: 3 })),
    }),
    "Step 1 gave numbers that are not finite. Its loss terms and its gradient are finite, but values that " +
      "the optimizer or a plugin wrote are not. In the state after the step, a has 1 NaN of 3, and 2 more " +
      "tensors are not finite. No checkpoint was saved before it. " +
      "`tssl replay runs/a` repeats the step and shows the op that first gave such a number. A smaller " +
      "optimizer.lr, a warm-up (optimizer.warmupEpochs) or gradient clipping (optimizer.clipNorm) usually " +
      "helps.",
  ],
  [
    "NOT_FINITE",
    messages.stepNotFinite({
      ...{ step: 1, folder: "runs/a", finite: [], tensors: [] },
      notFinite: [{ name: "loss", value: NaN }],
    }),
    "Step 1 gave numbers that are not finite. Not finite: loss is NaN. No checkpoint was saved before it. " +
      "`tssl replay runs/a` repeats the step and shows the op that first gave such a number. Nothing was " +
      "trained before it, so the learning rate is not the cause: look at the loss (a division by 0, a root " +
      "or a logarithm of 0), at the weights that the run starts from, and at data.mean, data.deviation and " +
      "data.range.",
  ],
]);

sentences([[messages.notFiniteText({ nan: 9, infinite: 1, of: 432 }), "9 NaN, 1 infinite of 432"]]);

eachIsHere(messages, import.meta.url);
