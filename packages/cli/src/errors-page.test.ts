import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { TsslError, tsslErrors } from "@tssl/core/run";
import { EngineError, engineErrors } from "@tssl/engine";
import { format, resolveConfig } from "prettier";
import { describe, expect, it } from "vitest";

import { exitCodeOf, explain, UsageError } from "./errors.ts";
import { errorsPage } from "./errors-page.ts";

describe("docs/errors.md", () => {
  const file = fileURLToPath(new URL("../../../docs/errors.md", import.meta.url));
  const page = readFileSync(file, "utf8");

  it("is what the code says; after a change: npm run docs:errors", async () => {
    expect(page).toBe(await format(errorsPage(), { ...(await resolveConfig(file)), filepath: file }));
  });

  it.each([...Object.keys(tsslErrors), ...Object.keys(engineErrors)])("has %s", (code) => {
    expect(page).toContain(`### ${code}\n`);
  });

  it("says what each means, how it may read, and what to do, in sentences", () => {
    for (const { meaning, example, remedy } of [
      ...Object.values(tsslErrors),
      ...Object.values(engineErrors),
    ]) {
      expect(meaning).toMatch(/^[A-Z].{10,}\.$/s);
      expect(remedy).toMatch(/^[A-Z`-].{10,}\.$/s);
      expect(example.length).toBeGreaterThan(10);
    }
  });
});

describe("an error", () => {
  it.each([
    [
      new TsslError("INVALID_DATA", "No images."),
      "Error: No images.\n(INVALID_DATA, see tssl explain INVALID_DATA)",
      1,
    ],
    [
      new TsslError("INVALID_OPTION", "Too large."),
      "Error: Too large.\n(INVALID_OPTION, see tssl explain INVALID_OPTION)",
      2,
    ],
    [new EngineError("NO_GPU", "None."), "Error: None.\n(NO_GPU, see tssl explain NO_GPU)", 2],
    [new UsageError("No such word."), "Error: No such word.", 2],
    [
      new Error("what"),
      "Error: what\nThis error is unexpected. Run again with TSSL_DEBUG=1 to see where it comes from.",
      1,
    ],
    ["words", "Error: words", 1],
  ])("%s is shown with its code, and ends with its exit code", (error, text, code) => {
    expect(explain(error)).toBe(text);
    expect(exitCodeOf(error)).toBe(code);
  });
});
