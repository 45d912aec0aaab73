import { expect, it } from "vitest";

import { corruptText } from "./corrupt-text.ts";

it("says how many images could not be decoded, why, and which", () => {
  expect(corruptText([], "left out")).toBe("");
  expect(corruptText(["a.jpg"], "left out")).toBe("1 image could not be decoded; left out: a.jpg.\n");
  const reasons = { "HEIC image": 2, "cut short": 2, empty: 1, "not an image": 2 };
  expect(corruptText(["a", "b", "c", "d", "e", "f", "g"], "left out", reasons)).toBe(
    "7 images could not be decoded (2 HEIC images, 2 cut short, 1 empty, 2 not images); " +
      "left out: a, b, c, d, e, ….\n",
  );
});
