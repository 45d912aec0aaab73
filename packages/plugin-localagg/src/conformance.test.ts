import { testPlugin } from "@tssl/core/testing";

import { localagg } from "./localagg.ts";

const small = { dim: 8, background: 10, clusters: 5, clusterings: 2, iterations: 3, warmupEpochs: 1 };

await testPlugin(localagg, { options: small });
