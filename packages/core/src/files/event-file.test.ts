import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { encodeRecord } from "./event-file.ts";

const { records } = JSON.parse(
  readFileSync(new URL("../../fixtures/event-file.json", import.meta.url), "utf8"),
) as { records: Record<string, string> };
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const wallTime = 1764057600.125;

it("makes the bytes that the tensorboard package makes", () => {
  expect(hex(encodeRecord({ wallTime, fileVersion: "brain.Event:2" }))).toBe(records["version"]);
  expect(hex(encodeRecord({ wallTime, step: 0, scalars: { knn: 0.25 } }))).toBe(records["first"]);
  const scalars = { loss: 6.5, "moco/infoNce": 1e-7, größe: -3 };
  expect(hex(encodeRecord({ wallTime, step: 1_000_000, scalars }))).toBe(records["step"]);
  expect(hex(encodeRecord({ wallTime, step: 121, restart: true }))).toBe(records["restart"]);
});
