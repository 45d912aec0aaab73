import { expect, it } from "vitest";

import { refusal } from "../testing/refusal.ts";
import { requireThreads } from "./require-threads.ts";

it("lets 64 threads pass anywhere, and eight for each core", async () => {
  for (const [got, cores] of [[64, 1], [96, 12], [null, 1]] as const) requireThreads("data.workers", got, cores); // prettier-ignore
  expect(await refusal(() => requireThreads("engine.threads", 97, 12))).toBe(
    "INVALID_OPTION: engine.threads must be at most 96 on this machine, which has 12 cores, got 97.",
  );
});
