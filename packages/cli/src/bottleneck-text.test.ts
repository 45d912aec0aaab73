import { expect, it } from "vitest";

import { bottleneckText } from "./bottleneck-text.ts";

it("shows the stages in columns, and the advice below", () => {
  const stage = (name: "decode" | "idle", millisecondsPerImage: number, share: number) => ({ name, millisecondsPerImage, share }); // prettier-ignore
  const text = bottleneckText({
    stages: [stage("decode", 12.5, 0.756), stage("idle", 0.0625, 0.004)],
    idleShare: 0.004,
    threads: 2,
    advice: "The loader keeps up.",
  });
  expect(text).toBe(`        ms per image   share
decode        12.500  75.6 %  of the work of 2 loader threads
idle           0.063   0.4 %
The loader keeps up.
`);
});
