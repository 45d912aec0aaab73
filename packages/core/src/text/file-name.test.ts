import { expect, it } from "vitest";

import { asFileName, FILE_NAME } from "./file-name.ts";

const isFileName = (text: string) => new RegExp(FILE_NAME, "u").test(text);

it("is the label where that is a plain name", () => {
  for (const name of ["run", "moco, seed 0", "lr=0.1", "Zoë 猫", "...", ".hidden", "a..b"]) {
    expect([asFileName(name), isFileName(name)]).toEqual([name, true]);
  }
});

it("is never a path, nor anything that acts on a terminal", () => {
  const labels = [
    "..",
    ".",
    "",
    "/",
    "../../elsewhere",
    "/etc/x",
    "a\\b",
    "a\nb",
    "\u001b[31m",
    "a\0",
    "\u202egpj",
  ];
  for (const label of labels) {
    expect(isFileName(label)).toBe(false);
    expect(isFileName(asFileName(label))).toBe(true);
  }
  expect(asFileName("../../elsewhere")).toBe("..-..-elsewhere");
});

it("is short enough for a file system, at a whole letter", () => {
  expect(asFileName("猫".repeat(400))).toBe("猫".repeat(66));
  expect(asFileName("a".repeat(400))).toBe("a".repeat(200));
});
