import { describe, expect, it } from "vitest";

import type { LeftOut, LeftOutReason } from "./data-ledger.ts";
import { leftOutText } from "./ledger-text.ts";

const kind = (reason: LeftOutReason, extension: string, count: number, ...examples: string[]): LeftOut => ({
  reason,
  extension,
  count,
  examples,
});

describe("what was left out", () => {
  it("is told by extension where that is the reason, and else with an example", () => {
    expect(
      leftOutText([
        kind("hidden", "", 3, ".DS_Store", "cat/.DS_Store"),
        kind("other", ".txt", 2, "a.txt"),
        kind("other", "", 1, "LICENSE"),
        kind("hidden", ".jpg", 1, "._a.jpg"),
        kind("name", ".jpg", 1, "cat/caf\\xe9.jpg"),
        kind("loop", "", 1, "cat/all"),
      ]),
    ).toBe(
      "4 hidden files (.DS_Store, …); 2 × .txt and 1 × no extension (no images); " +
        "1 name that is not UTF-8 (cat/caf\\xe9.jpg); 1 folder that is listed already (cat/all)",
    );
  });

  it("names six extensions of each reason at most", () => {
    const kinds = Array.from("abcdefgh").map((letter) => kind("other", `.${letter}`, 1000, letter));
    expect(leftOutText(kinds)).toBe(
      "1,000 × .a, 1,000 × .b, 1,000 × .c, 1,000 × .d, 1,000 × .e, 1,000 × .f and 2 other kinds (no images)",
    );
  });
});
