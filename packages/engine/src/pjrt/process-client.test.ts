import { expect, it } from "vitest";

import { clientOptions, firstCard } from "./process-client.ts";

it("a process takes cards of its own among those of its machine", () => {
  const first = firstCard(8, { replicas: 2, place: 3 }, {});
  expect(first).toBe(6);
  expect(clientOptions("cuda", { gpuMemoryGrowth: true, replicas: 2 }, first)).toMatchObject({
    visible_devices: [6, 7],
  });
  expect(firstCard(8, { replicas: 2 }, {})).toBe(0);
});

it("it takes all where its launcher shows it no others", () => {
  const shown = { CUDA_VISIBLE_DEVICES: "6,7" };
  expect(firstCard(2, { replicas: 2, place: 3 }, shown)).toBe(0);
  expect(firstCard(8, { replicas: 2, place: 3 }, { CUDA_VISIBLE_DEVICES: "0,1,2,3,4,5,6,7" })).toBe(6);
  // Without the variable they are all cards of the machine, of which there are too few.
  expect(firstCard(2, { replicas: 2, place: 3 }, {})).toBe(6);
});
