import { randomStream } from "@tssl/augment-zoo";
import { expect, it } from "vitest";

import { drawnDirections } from "./drawn-values.ts";

it("draws rows in the order of the stream, and scales each to length 1", () => {
  const drawn = [3, 4, -5, 12, 0, -2];
  const values = drawnDirections(3, 2, () => drawn.shift()!);
  expect(values).toEqual(Float32Array.of(0.6, 0.8, -5 / 13, 12 / 13, 0, -1));
});

it("has the same bits on every engine: rounded once, from double precision", () => {
  const random = randomStream(1, "initial value", "queue");
  const values = drawnDirections(2, 3, () => random.normal());
  const again = randomStream(1, "initial value", "queue");
  const rows = [0, 1].map(() => Array.from({ length: 3 }, () => Math.fround(again.normal())));
  expect(values).toEqual(
    Float32Array.from(
      rows.flatMap((row) => row.map((x) => x / Math.sqrt(row.reduce((sum, y) => sum + y * y, 0)))),
    ),
  );
});
