import { expect, it } from "vitest";

import * as messages from "./messages.ts";

it.each([
  [
    messages.unevenGroups("moco-v1", 64, 3),
    "plugins.moco-v1.batchNormGroups must be a divisor of 64, " +
      "the images of one forward pass (batchSize / accumulate), got 3.",
  ],
  [
    messages.nothingToShuffle("moco"),
    "plugins.moco.shuffleBatchNorm must be false if batchNormGroups is 1, because shuffling has no effect " +
      "then, got true. Set batchNormGroups to 8, as on MoCo's 8 GPUs.",
  ],
])("%s", (error, sentence) => {
  expect(error).toMatchObject({ code: "INVALID_OPTION", message: sentence });
});
