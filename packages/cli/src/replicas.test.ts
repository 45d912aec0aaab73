import path from "node:path";

import { assertClose, cpuPlugin } from "@tssl/engine/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { compositions } from "./compositions.test.data.ts";
import { type KillGround, killGround, train } from "./kill.test.data.ts";
import { expectNumbersOf, lossesIn, outcomeOf } from "./run-numbers.test.data.ts";

const plugin = await cpuPlugin();
/** MoCo with groups of batch norm, shuffled images, a queue, and parts of a step. */
const { config } = compositions.at(-1)!;
const everything = { ...config, plugins: (config["plugins"] as readonly object[]).slice(0, 1) };
const kill = { signal: "SIGKILL", at: "checkpoint" } as const;
const on = (replicas: number) => ({
  ...everything,
  epochs: 2,
  evaluation: { everyEpochs: 1, k: 10, batchSize: 5 }, // which two cannot share evenly
  engine: { backend: "pjrt", replicas },
});

describe.skipIf(plugin === undefined)("a run on several devices", () => {
  let ground: KillGround;
  beforeAll(async () => {
    vi.stubEnv("TSSL_PJRT_PLUGIN", plugin);
    ground = await killGround();
    for (const replicas of [1, 2]) ground.config(`${replicas}.yaml`, on(replicas));
  });
  afterAll(() => {
    ground.remove();
    vi.unstubAllEnvs();
  });
  const within = (run: string) => path.join(ground.path, run);

  const hasNumbersOf = (wanted: string, run: string) => expectNumbersOf(within(wanted), within(run), 5e-3);

  it("has the numbers of one device", { timeout: 120_000 }, async () => {
    const [one, two] = [
      await train(ground, ["1.yaml", "--out", "one"], "one"),
      await train(ground, ["2.yaml", "--out", "two"], "two"),
    ];
    expect([one.code, two.code], one.err + two.err).toEqual([0, 0]);
    expect(two.err).toContain("mode pjrt (engine.backend pjrt), on 2 devices together\n");
    hasNumbersOf("one", "two");
  });

  it("has them too where each device is another process's", { timeout: 120_000 }, async () => {
    const apart = await train(ground, ["2.yaml", "--out", "apart", "--processes", "2"], "apart");
    expect(apart.code, apart.err).toBe(0);
    expect(apart.err).toContain("2 processes train together");
    expect(apart.err).toContain("mode pjrt (engine.backend pjrt), on 2 devices together\n");
    hasNumbersOf("one", "apart");
  });

  it("has them too where each process has two devices", { tags: "long", timeout: 120_000 }, async () => {
    const flags = ["--processes", "2", "--set", "engine.replicas=4"];
    ground.config("joint.yaml", { ...on(1), plugins: [{ use: "moco", queueSize: 40, batchNormGroups: 1 }] });
    await train(ground, ["joint.yaml", "--out", "joint"], "joint");
    const four = await train(ground, ["joint.yaml", "--out", "four", ...flags], "four");
    expect(four.code, four.err).toBe(0);
    expect(four.err).toContain(", on 4 devices together\n");
    hasNumbersOf("joint", "four");
  });

  it(
    "starts again after a process was killed, and ends in the same bits",
    { tags: "long", timeout: 120_000 },
    async () => {
      const second = { ...kill, place: 1 };
      const again = await train(ground, ["2.yaml", "--out", "again", "--processes", "2"], "again", second);
      expect(again.code, again.err).toBe(0);
      expect(again.err).toContain(
        " (signal SIGKILL). All start again from the newest checkpoint: 1 of 3 restarts.",
      );
      expect(outcomeOf(within("again"))).toEqual(outcomeOf(within("apart")));
    },
  );

  it("goes on exactly", { tags: "long", timeout: 120_000 }, async () => {
    await train(ground, ["2.yaml", "--out", "parts"], "parts", kill);
    const rest = await train(ground, ["--resume", "parts"], "parts");
    expect(rest.code, rest.err).toBe(0);
    expect(outcomeOf(within("parts"))).toEqual(outcomeOf(within("two")));
  });

  it("goes on with another number of them, to rounding", { tags: "long", timeout: 120_000 }, async () => {
    await train(ground, ["2.yaml", "--out", "fewer"], "fewer", kill);
    const fewer = await train(ground, ["--resume", "fewer", "--set", "engine.replicas=1"], "fewer");
    expect(fewer.code, fewer.err).toBe(0);
    expect(fewer.err).toContain("(replicas was 2, is 1). Results may differ in the last bits.");
    assertClose([lossesIn(within("fewer")).at(-1)![1]], [lossesIn(within("two")).at(-1)![1]], 5e-3);
  });

  it("is refused where TensorFlow computes", async () => {
    ground.config("tensorflow.yaml", { ...everything, engine: { backend: "tensorflow", replicas: 2 } });
    const onCpu = await train(ground, ["tensorflow.yaml", "--out", "tensorflow"], "tensorflow");
    expect(onCpu.err).toContain("2 replicas need as many processes, or the plugin of a device (mode pjrt)");
  });
});
