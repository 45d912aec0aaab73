import { testPlugin } from "@tssl/core/testing";

import { localagg } from "./localagg.ts";

// All 32 images are background: with fewer, the loss jumps where another row takes the place of the last one.
const small = { dim: 8, background: 32, clusters: 5, clusterings: 2, iterations: 3, warmupEpochs: 1 };

await testPlugin(localagg, { options: small });
