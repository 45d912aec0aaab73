import { describe, expect, it } from "vitest";

import { sgd } from "../optimizers/sgd.ts";
import { meanColour } from "../testing/index.ts";
import { pullToZero } from "../testing/pull-to-zero.ts";
import { parseConfig } from "./parse-config.ts";
import { definitionsIn, withNewDefaults } from "./with-new-defaults.ts";

const now = parseConfig(
  {
    imageSize: 32,
    epochs: 2,
    batchSize: 4,
    data: { train: "./images" },
    encoder: { use: meanColour },
    plugins: [{ use: pullToZero("toy") }],
    optimizer: { use: sgd, lr: 0.1, momentum: 0.5 },
  },
  { plugins: {}, encoders: {}, optimizers: {} },
  "test",
);

const known = definitionsIn(now);

/** Today's config as plain data, before some options were there. */
function before(...paths: string[]): Record<string, unknown> {
  const config = structuredClone(now.resolved) as Record<string, Record<string, unknown>>;
  for (const path of paths) {
    const [section, option] = path.split(".") as [string, string];
    const { [option]: _gone, ...rest } = config[section]!;
    config[section] = rest;
  }
  return config;
}

describe("an earlier config", () => {
  it("has today's defaults for options that it does not know, settings and optimizer alike", () => {
    const earlier = before("optimizer.finalLr", "health.everySteps", "engine.precision");
    expect(withNewDefaults(earlier, known)).toEqual(now.resolved);
  });

  it("keeps each value that it has", () => {
    const earlier = before("optimizer.finalLr");
    (earlier["optimizer"] as Record<string, unknown>)["momentum"] = 0.9;
    expect(withNewDefaults(earlier, known)["optimizer"]).toMatchObject({ momentum: 0.9, finalLr: 0 });
  });

  it("stays as it was in a part that has options or names that are gone", () => {
    const changed = before("optimizer.finalLr", "health.everySteps");
    const gone = { ...(changed["optimizer"] as object), gone: 1 };
    expect(withNewDefaults({ ...changed, optimizer: gone }, known)).toEqual({
      ...now.resolved,
      optimizer: gone,
    });
    const other = [...(now.resolved["plugins"] as readonly unknown[]), { use: "other", size: 1 }];
    expect(withNewDefaults({ ...changed, plugins: other }, known)).toEqual({
      ...now.resolved,
      plugins: other,
    });
    const settings = { ...changed, gone: 1 };
    expect(withNewDefaults(settings, known)).toEqual({ ...settings, optimizer: now.resolved["optimizer"] });
  });
});
