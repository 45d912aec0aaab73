import { testPlugin } from "@tssl/core/testing";

import { instdisc } from "./instdisc.ts";

await testPlugin(instdisc, { options: { dim: 8 } });
await testPlugin(instdisc, { options: { dim: 8, loss: "nce", negatives: 6, views: "cifar" } });
await testPlugin(instdisc, { options: { dim: 8, loss: "nce", negatives: 6, zMomentum: 0.9, keep: 0 } });
await testPlugin(instdisc, { options: { dim: 8, loss: "sampled-softmax", negatives: 6 } });
