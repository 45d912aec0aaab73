import { expect, it } from "vitest";

import { ImageError } from "./errors.ts";
import { onOneLine, visibleText, withVisibleValues } from "./visible-text.ts";

it("escapes what a terminal acts on, and leaves line breaks and tabs of a text", () => {
  expect(visibleText("\u001b[2J\u0007a\r\u009b31m\u007f\tb\n")).toBe(
    "\\u001b[2J\\u0007a\\r\\u009b31m\\u007f\tb\n",
  );
  expect(visibleText("\u202egpj.exe\u2066\u2028")).toBe("\\u202egpj.exe\\u2066\\u2028");
  expect(visibleText("Zoë 猫 🐈 שלום — é")).toBe("Zoë 猫 🐈 שלום — é");
});

it("keeps JSON what it is", () => {
  const value = { "a\u009b": ["\u007f", "\u001b", "line\nbreak", "\u202e"] };
  expect(JSON.parse(visibleText(JSON.stringify(value)))).toEqual(value);
});

it("keeps a name on its line", () => {
  expect(onOneLine("cat\nError: fake\t\r")).toBe("cat\\nError: fake\\t\\r");
});

it("keeps each value of a message on its line, and the lines of the message itself", () => {
  const data = { source: "a\nb", problems: [{ path: "x\u001b[31m", text: "t" }], count: 2 };
  expect(withVisibleValues("a\nb has 2 problems:\n  - x\u001b[31m: t", data)).toBe(
    "a\\nb has 2 problems:\n  - x\\u001b[31m: t",
  );
  expect(withVisibleValues("one\n", { got: "\n" })).toBe("one\n");
  const { message, file } = new ImageError("a\n.jpg", "empty", "Remove it.", { kind: "empty" });
  expect([message, file]).toEqual(["a\\n.jpg: empty. Remove it.", "a\n.jpg"]);
});
