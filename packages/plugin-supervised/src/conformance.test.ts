import { testPlugin } from "@tssl/core/testing";

import { supcon } from "./supcon.ts";
import { supervised } from "./supervised.ts";

await testPlugin(supervised, { options: { classes: 3 } });
await testPlugin(supcon, { options: { dim: 8 } });
