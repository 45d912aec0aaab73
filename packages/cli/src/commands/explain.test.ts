import { expect, it } from "vitest";

import { errorCatalogue } from "../error-catalogue.ts";
import { explanationOf } from "./explain.ts";

it("explains a code, however it is capitalized", () => {
  expect(explanationOf("image")).toBe(
    `IMAGE
A file is not an image, or cannot be decoded. Exit code 1.

Example:
  cat/7.jpg: the file is empty (0 bytes). Remove it or fetch it again.

What to do:
  Replace or delete the file that the message names.`,
  );
});

it("knows every code that a message can show", () => {
  for (const { code, meaning } of Object.values(errorCatalogue).flat()) {
    expect(explanationOf(code)).toContain(meaning);
  }
});

it("refuses a code that there is none of", () => {
  expect(() => explanationOf("INVALID_DATE")).toThrow(
    expect.objectContaining({ code: "USAGE", data: { got: "INVALID_DATE" } }),
  );
});
