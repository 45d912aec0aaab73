import { expect, it } from "vitest";

import * as messages from "./messages.ts";

it.each([
  [
    messages.notAQuery(["query"], "key"),
    'plugins.clsa.weakView must be a query of the method (query), got "key".',
  ],
  [
    messages.notAView(["query", "key"], "weak"),
    'plugins.clsa.weakView must be a view of the method (query, key), got "weak".',
  ],
  [
    messages.withoutCrop("query"),
    'plugins.clsa.weakView must be a view with a random resized crop, got "query".',
  ],
])("%s", (error, sentence) => {
  expect(error).toMatchObject({ code: "INVALID_OPTION", message: sentence });
});
