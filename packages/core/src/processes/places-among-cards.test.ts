import { expect, it } from "vitest";

import { placesAmongCards } from "./places-among-cards.ts";

const all = ["a0", "a1", "a2", "a3"];

it.each([
  ["all see all GPUs of their machine", [all, all, ["b0"]], [0, 1, 0]],
  ["each sees its own", [["a0", "a1"], ["a2", "a3"], ["b0"]], [0, 0, 0]],
  ["some see the same", [["a0"], ["a1"], ["a0"], ["b0"]], [0, 0, 1, 0]],
  ["there is none", [[], [], []], [0, 1, 0]],
])("%s", (_, cards, places) => {
  const machines = cards.map((_each, i) => (i === cards.length - 1 ? "b" : "a"));
  expect(placesAmongCards(cards.map((seen, i) => ({ machine: machines[i]!, cards: seen })))).toEqual(places);
});
