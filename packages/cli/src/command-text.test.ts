import { expect, it } from "vitest";

import { commandText } from "./command-text.ts";

it("gives options by their kind, quotes what a shell would change, and leaves out secrets", () => {
  const options = { vary: ["lr=1,2", "use=a b"], seeds: 3, linear: true, trust: false, out: undefined };
  expect(commandText(["compare", "my config.yaml"], options)).toBe(
    "tssl compare 'my config.yaml' --vary lr=1,2 --vary 'use=a b' --seeds 3 --linear",
  );
  expect(commandText(["cluster", "run"], { images: "https://me:secret@host/a.tar" })).not.toContain("secret");
});
