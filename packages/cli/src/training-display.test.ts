import { Writable } from "node:stream";

import { expect, it } from "vitest";

import { trainingDisplay } from "./training-display.ts";

it("shows a plugin's work before an epoch, without a terminal a line for each tenth", () => {
  const lines: string[] = [];
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const display = trainingDisplay(output as NodeJS.WriteStream);
  for (const share of [0, 0.05, 0.1, 0.5, 0.52, 1]) {
    display.onEpochWork!({ plugin: "localagg", step: 40, share, what: "k-means" });
  }
  expect(lines).toEqual(
    ["0.0", "10.0", "50.0", "100.0"].map((percent) => `localagg before step 41: k-means (${percent} %)\n`),
  );
});
