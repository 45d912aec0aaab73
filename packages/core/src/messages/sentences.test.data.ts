import { readFile } from "node:fs/promises";

import { expect, it } from "vitest";

import type { TsslError, TsslErrorCode } from "../errors.ts";

/** Errors, each with its code and its words. */
export function errors(expected: readonly (readonly [TsslErrorCode, TsslError, string])[]): void {
  it.each(expected.map(([code, error, sentence]) => [sentence, code, error] as const))(
    "%s",
    (sentence, code, error) => {
      expect([error.code, error.message]).toEqual([code, sentence]);
    },
  );
}

/** Sentences, or reasons that complete one, each with its words. */
export function sentences(expected: readonly (readonly [unknown, unknown])[]): void {
  it.each(expected)("%#: %s", (message, sentence) => {
    expect(message).toEqual(sentence);
  });
}

/** Every sentence of a file stands in the test beside it. */
export function eachIsHere(messages: object, test: string): void {
  it("are each here", async () => {
    const text = await readFile(new URL(test), "utf8");
    expect(Object.keys(messages).filter((name) => !text.includes(`messages.${name}`))).toEqual([]);
  });
}
