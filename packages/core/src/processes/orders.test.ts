import type { HostValues } from "@tssl/engine";
import { expect, it } from "vitest";

import { fits } from "../files/shapes.ts";
import { orderShape, writeOrder, writtenValues } from "./orders.ts";

it("values that are written arrive as they were, and as they were when they were sent", () => {
  const queue = Float32Array.of(0.5, -1, NaN, Infinity);
  const values = new Map<string, HostValues>([
    ["queue", queue.subarray(1)],
    ["cursor", Int32Array.of(-7)],
    ["frozen", Uint8Array.of(1, 0)],
    ["none", new Float32Array()],
  ]);
  const { order, bytes } = writeOrder(values);
  queue[1] = 9;
  expect(fits(orderShape, order)).toBe(true);
  expect([...writtenValues(order, Buffer.concat(bytes))]).toEqual([
    ["queue", Float32Array.of(-1, NaN, Infinity)],
    ["cursor", Int32Array.of(-7)],
    ["frozen", Uint8Array.of(1, 0)],
    ["none", new Float32Array()],
  ]);
});
