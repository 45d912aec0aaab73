import { readFile } from "node:fs/promises";

import { expect, it } from "vitest";

/** Errors, each with its code and its words. */
export function errors(
  expected: readonly (readonly [code: string, error: Error & { readonly code: string }, sentence: string])[],
): void {
  it.each(expected)("%s: %s", (code, error, sentence) => {
    expect([error.code, error.message]).toEqual([code, sentence]);
  });
}

/** Other sentences, each with its words. */
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
