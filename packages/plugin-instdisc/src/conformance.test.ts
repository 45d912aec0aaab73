import { testPlugin } from "@tssl/core/testing";
import { describe } from "vitest";

import { instdisc } from "./instdisc.ts";

await testPlugin(instdisc, { options: { dim: 8 } });

describe("other losses", { tags: "long" }, async () => {
  await testPlugin(instdisc, { options: { dim: 8, loss: "nce", negatives: 6, views: "cifar" } });
  await testPlugin(instdisc, { options: { dim: 8, loss: "nce", negatives: 6, zMomentum: 0.9, keep: 0 } });
  await testPlugin(instdisc, { options: { dim: 8, loss: "sampled-softmax", negatives: 6 } });
});
