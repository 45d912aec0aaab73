import { expect, it } from "vitest";

import { clientOptions, firstCard } from "./process-client.ts";

it("a process takes cards of its own among those that others see too", () => {
  const first = firstCard({ replicas: 2, place: 3 });
  expect(first).toBe(6);
  expect(clientOptions("cuda", { gpuMemoryGrowth: true, replicas: 2 }, first)).toMatchObject({
    visible_devices: [6, 7],
  });
  expect(firstCard({ replicas: 2 })).toBe(0);
});
