import * as messages from "./reproduction.ts";
import { eachIsHere, errors, sentences } from "./sentences.test.data.ts";

const reportIt =
  " Check the installation with tssl doctor. If it is well, please report this with what doctor prints.";
const steps = {
  ...{ name: "moco-steps", steps: 10, found: { loss: 2e-7, gradients: 4.1e-6, state: 1.5e-6 } },
  tolerance: { loss: 1e-5, gradients: 1e-4, state: 1e-4 },
};
const stepsText =
  "10 steps of moco-steps differ from PyTorch's by: loss 2.0e-7 (allowed 1.0e-5), gradients 4.1e-6 " +
  "(allowed 1.0e-4), state 1.5e-6 (allowed 1.0e-4).";
const miniature = {
  ...{ preset: "moco/a", steps: 10, step: 3, got: 9.5, want: 9 },
  ...{ difference: 0.0555, tolerance: 1e-3 },
};
const miniatureText =
  "Of the first 10 losses of moco/a on the bundled images, that of step 3 is farthest from the " +
  "receipt's: 9.50000, there 9.00000; they differ by 5.6e-2 (allowed 1.0e-3).";

errors([
  [
    "USAGE",
    messages.unknownRow("mocco", ["moco", "byol"], ' Did you mean "moco"?'),
    'The table has no row "mocco". Did you mean "moco"? Rows: moco, byol.',
  ],
  [
    "USAGE",
    messages.nothingToReproduce("CPC v2", ["moco", "byol"]),
    "Nothing was measured of CPC v2 yet, so there is nothing to reproduce. Rows with receipts: moco, byol.",
  ],
]);

sentences([
  [messages.stepsCompared({ ...steps, holds: true }), stepsText],
  [messages.stepsCompared({ ...steps, holds: false }), stepsText + reportIt],
  [
    messages.goldenStepsGone("moco-steps"),
    "The installed plugin has no steps of PyTorch's named moco-steps any more. Install one version of all " +
      "packages.",
  ],
  [messages.miniatureCompared({ ...miniature, holds: true }), miniatureText],
  [messages.miniatureCompared({ ...miniature, holds: false }), miniatureText + reportIt],
  [
    messages.presetChanged("moco/a"),
    "moco/a no longer has the values that were measured, so its curve says nothing of it. Install the " +
      "version of tssl that the receipt names, or measure it anew.",
  ],
  [
    messages.costCompared({ found: 1.3, ratio: 1.25, tolerance: 0.1, holds: true }),
    "A step takes 1.30 times as long as MoCo v2's here, 1.25 times in the receipt (allowed ± 10.0 % of it).",
  ],
  [
    messages.costCompared({ found: 2, ratio: 1.25, tolerance: 0.1, holds: false }),
    "A step takes 2.00 times as long as MoCo v2's here, 1.25 times in the receipt (allowed ± 10.0 % of " +
      "it). Close other programs and measure again; another processor may have another ratio.",
  ],
]);

eachIsHere(messages, import.meta.url);
