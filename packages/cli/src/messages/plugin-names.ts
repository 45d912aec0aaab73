// The sentences of errors USAGE on the name of a new plugin.

import { shownValue as quoted } from "@tssl/core/internal";

import { UsageError } from "../errors.ts";

/** @param nearest a name like it. */
export const noPluginName = (got: string, nearest: string | undefined): UsageError =>
  new UsageError(
    "The plugin takes the name of its folder, which must be words of lower-case letters and digits, the " +
      `first of which begins with a letter, with one hyphen between two of them; got ${quoted(got)}.` +
      (nearest === undefined ? "" : ` Call it ${nearest}.`),
    { got },
  );

export const pluginNameTaken = (name: string): UsageError =>
  new UsageError(
    `The plugin takes the name of its folder, and ${name} is a plugin that comes with tssl. Choose another ` +
      `name, such as my-${name}.`,
    { name },
  );
