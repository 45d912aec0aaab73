import path from "node:path";

import { assertClose } from "@tssl/engine/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { compositions } from "./compositions.test.data.ts";
import { type KillGround, killGround, train } from "./kill.test.data.ts";
import { expectNumbersOf, lossesIn, outcomeOf } from "./run-numbers.test.data.ts";

/** MoCo with groups of batch norm, shuffled images, a queue, and parts of a step. */
const { config } = compositions.at(-1)!;

let ground: KillGround;
beforeAll(async () => {
  ground = await killGround();
  ground.config("run.yaml", {
    ...config,
    plugins: (config["plugins"] as readonly object[]).slice(0, 1),
    epochs: 2,
    evaluation: { everyEpochs: 1, k: 10, batchSize: 5 },
  });
});
afterAll(() => ground.remove());
const within = (run: string) => path.join(ground.path, run);

describe("a run on two processes", () => {
  it("has the numbers of one process", { timeout: 240_000 }, async () => {
    const one = await train(ground, ["run.yaml", "--out", "one"], "one");
    const two = await train(ground, ["run.yaml", "--out", "two", "--processes", "2"], "two");
    expect([one.code, two.code], one.err + two.err).toEqual([0, 0]);
    expect(two.err).toContain("2 processes train together");
    expect(two.err).toContain(", on 2 processes together\n");
    expectNumbersOf(within("one"), within("two"), 5e-3);
  });

  const startsAgain = async (place: number, out: string) => {
    const kill = { signal: "SIGKILL", at: "checkpoint", place } as const;
    const again = await train(ground, ["run.yaml", "--out", out, "--processes", "2"], out, kill);
    expect(again.code, again.err).toBe(0);
    expect(again.err).toContain(
      " (signal SIGKILL). All start again from the newest checkpoint: 1 of 3 restarts.",
    );
    expect(outcomeOf(within(out))).toEqual(outcomeOf(within("two")));
  };

  it("starts again after one was killed, and ends in the same bits", { tags: "long", timeout: 240_000 }, () =>
    startsAgain(1, "again"),
  );

  it("starts again after the one that leads was killed", { tags: "long", timeout: 240_000 }, () =>
    startsAgain(0, "led-again"),
  );

  it("goes on with one process, to rounding", { tags: "long", timeout: 240_000 }, async () => {
    const kill = { signal: "SIGINT", at: "checkpoint" } as const;
    const part = await train(ground, ["run.yaml", "--out", "fewer", "--processes", "2"], "fewer", kill);
    expect(part.code, part.err).toBe(130);
    const fewer = await train(ground, ["--resume", "fewer", "--set", "engine.replicas=1"], "fewer");
    expect(fewer.code, fewer.err).toBe(0);
    expect(fewer.err).toMatch(/\(replicas was 2, is 1.*\)\. Results may differ in the last bits\./);
    assertClose([lossesIn(within("fewer")).at(-1)![1]], [lossesIn(within("two")).at(-1)![1]], 5e-3);
  });
});
