import { expect, it } from "vitest";

import { refusal } from "../testing/refusal.ts";
import { requireRoom } from "./require-room.ts";

it("refuses a value that the machine cannot hold beside the others, each held twice", async () => {
  const store = { bytes: 400 };
  requireRoom(store, "moco.keys.rows", [25, 4], 1600);
  expect(await refusal(() => requireRoom(store, "moco.keys.rows", [25, 4], 1599))).toBe(
    "INVALID_OPTION: plugins.moco: its state moco.keys.rows of 25 x 4 numbers brings the run to 1.56 KiB, and the " +
      "machine has 1.56 KiB. Set smaller sizes there, or a smaller encoder.",
  );
});

it("asks this machine where nothing else is said", async () => {
  expect(await refusal(() => requireRoom({ bytes: 0 }, "a.b", [2 ** 24, 2 ** 16]))).toMatch(
    /^INVALID_OPTION/,
  );
});
