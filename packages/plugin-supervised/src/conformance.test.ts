import { testPlugin } from "@tssl/core/testing";
import { describe } from "vitest";

import { supcon } from "./supcon.ts";
import { supervised } from "./supervised.ts";

await testPlugin(supervised, { options: { classes: 3 } });

describe("SupCon", { tags: "long" }, async () => {
  await testPlugin(supcon, { options: { dim: 8 } });
});
