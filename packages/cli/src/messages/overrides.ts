// The sentences of errors USAGE on single options of a config, by their paths.

import { counted, didYouMean, didYouMeanElsewhere, shownValue as quoted } from "@tssl/core/internal";

import { UsageError } from "../errors.ts";

export const malformedOverride = (by: string, text: string): UsageError =>
  new UsageError(`${by} must be path=value, as in optimizer.lr=0.1, got ${quoted(text)}.`, {
    option: by,
    got: text,
  });

/** @param reason of the parser. */
export const overrideNotRead = (by: string, text: string, reason: string): UsageError =>
  new UsageError(`${by} ${quoted(text)} cannot be read: ${reason}.`, { option: by, got: text });

export const pathTooDeep = (by: string, keys: number, most: number): UsageError =>
  new UsageError(`${by} must name an option by at most ${most} keys, got ${keys}.`, { option: by });

export const itemMissing = (path: string, item: string, items: readonly string[]): UsageError =>
  new UsageError(`${path}: the list has no item "${item}". It has ${items.join(", ")}.`, {
    path,
    item,
    items,
  });

/** @param place "99". @param length of the list. */
export const placeBeyondList = (place: string, length: number): UsageError =>
  new UsageError(
    `A list of the config has ${counted(length, "item")}, so that a place in it is ` +
      `0 to ${length}, where ${length} adds one; got ${place}.`,
    { place, length },
  );

export const unknownKey = (key: string, known: readonly string[]): UsageError =>
  new UsageError(
    `${key}: the config has no such option.${didYouMeanElsewhere(key, known) || didYouMean(key, known)} ` +
      "Without a key, tssl config explain shows all options.",
    { key },
  );
