import { expect, it } from "vitest";

import { placementOf } from "./process-options.ts";

const maxRestarts = 3;
const there = { host: "192.0.2.1", port: 29400 }; // of nobody

it("one process needs none of this", async () => {
  expect(await placementOf({ maxRestarts })).toBeUndefined();
  expect(await placementOf({ processes: 1, maxRestarts })).toBeUndefined();
});

it("several of one machine meet there", async () => {
  expect(await placementOf({ processes: 4, maxRestarts })).toEqual({ here: 4, count: 4, leads: true });
});

it("the first of several machines leads: by its number, or because it is the one to meet at", async () => {
  const two = { processes: 2, nodes: 3, maxRestarts };
  const all = { here: 2, count: 6 };
  expect(await placementOf({ ...two, rendezvous: there })).toEqual({
    ...all,
    leads: false,
    rendezvous: there,
  });
  expect(await placementOf({ ...two, rendezvous: there, node: 0 })).toMatchObject({ leads: true });
  for (const host of ["127.0.0.1", "localhost"]) {
    const rendezvous = { host, port: 29400 };
    expect(await placementOf({ ...two, rendezvous })).toMatchObject({ leads: true });
    expect(await placementOf({ ...two, rendezvous, node: 1 })).toMatchObject({ leads: false });
  }
});

it("refuses what does not go together", async () => {
  await expect(placementOf({ nodes: 2, maxRestarts })).rejects.toThrow(/^--nodes belongs/);
  await expect(placementOf({ node: 1, maxRestarts })).rejects.toThrow(/^--node belongs/);
  await expect(placementOf({ processes: 2, nodes: 2, maxRestarts })).rejects.toThrow(/^--nodes 2 needs/);
  const beyond = { processes: 2, nodes: 2, node: 2, rendezvous: there, maxRestarts };
  await expect(placementOf(beyond)).rejects.toThrow(/^--node must be 0 to 1/);
});
