import { spawn } from "node:child_process";
import { existsSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { MAIN, warmTsslIn } from "./built-program.test.data.ts";
import { compositions } from "./compositions.test.data.ts";
import {
  configOf,
  type Ended,
  type KillGround,
  killGround,
  killMoments,
  stepsLogged,
  train,
  wentOnAfter,
} from "./kill.test.data.ts";
import { allowChangeWithoutResume, configMissing, outWithResume } from "./messages/usage.ts";
import { loggedNumbers, outcomeOf } from "./run-numbers.test.data.ts";

let ground: KillGround;
let config: string;
let whole: Ended;
/** What every run must come to. */
let wanted: ReturnType<typeof outcomeOf>;
const within = (name: string) => path.join(ground.path, name);

beforeAll(async () => {
  ground = await killGround();
  config = ground.config("config.yaml", configOf(compositions.at(-1)!, "graph"));
  whole = await train(ground, [config, "--out", "whole"], "whole");
  expect(whole.code, whole.err).toBe(0);
  wanted = outcomeOf(within("whole"));
});
afterAll(() => ground.remove());

/** Any moment of a run, the loading of the library and the writing of the report included. */
const moments = killMoments();
const anyMoment = () => ({ start: moments.uniform() * whole.milliseconds });

/** Goes on with a run to its end; one that had not opened its folder begins. */
const goOn = (run: string) =>
  train(ground, existsSync(within(`${run}/config.yaml`)) ? ["--resume", run] : [config, "--out", run], run);

describe("a run that is ended by a signal and goes on", { timeout: 300_000 }, () => {
  it("is saved by SIGTERM, says how to go on, and gives the same numbers", async () => {
    const killed = await train(ground, [config, "--out", "term"], "term", {
      signal: "SIGTERM",
      at: "checkpoint",
    });
    expect(killed.code, killed.err).toBe(143);
    expect(killed.out).toMatch(
      /^Stopped after \d+ steps; the state is saved in .*\nTo continue: tssl train --resume term\nReport: /,
    );
    const steps = stepsLogged(within("term"));
    const evaluated = warmTsslIn(ground.path, ["evaluate", "knn", "term", "--json"]);
    expect(JSON.parse(evaluated.out)).toMatchObject({ checkpoint: `step-000000${steps}` });
    const rest = await goOn("term");
    expect(rest.code, rest.err).toBe(0);
    expect(wentOnAfter(rest)).toBe(steps);
    expect(outcomeOf(within("term"))).toEqual(wanted);
  });

  it("is saved also where its terminal closes", { tags: "long" }, async () => {
    const killed = await train(ground, [config, "--out", "hung-up"], "hung-up", {
      signal: "SIGHUP",
      at: "checkpoint",
    });
    expect(killed.code, killed.err).toBe(129);
    const steps = stepsLogged(within("hung-up"));
    expect(wentOnAfter(await goOn("hung-up"))).toBe(steps);
    expect(outcomeOf(within("hung-up"))).toEqual(wanted);
  });

  it(
    "goes on to its end where nobody reads what it says any more, and under nohup without its terminal",
    { tags: "long" },
    async () => {
      const args = [MAIN, "train", config, "--out", "unread"];
      const env = { ...process.env, _: "/usr/bin/nohup" };
      const child = spawn(process.execPath, args, { cwd: ground.path, env });
      let err = "";
      child.stderr.on("data", (chunk: Buffer) => {
        err += chunk.toString();
        if (!/^epoch 1 /m.test(err)) return;
        child.stderr.destroy();
        child.stdout.destroy();
        child.kill("SIGHUP");
      });
      expect(await new Promise((resolve) => child.on("exit", resolve))).toBe(0);
      expect(outcomeOf(within("unread"))).toEqual(wanted);
    },
  );

  it("loses at most the steps since the last checkpoint to kill -9", async () => {
    const run = `killed-${moments.uniform()}`;
    const at = anyMoment();
    const killed = await train(ground, [config, "--out", run], run, { signal: "SIGKILL", at });
    const steps = stepsLogged(within(run));
    const rest = await goOn(run);
    expect(rest.code, rest.err).toBe(0);
    expect(steps - wentOnAfter(rest), killed.err).toBeLessThanOrEqual(2);
    expect(outcomeOf(within(run)), `killed at ${JSON.stringify(at)}`).toEqual(wanted);
  });
});

describe("a run that has ended", { timeout: 300_000 }, () => {
  it(
    "is said to be changed where its config was, and goes on with what is set",
    { tags: "long" },
    async () => {
      const text = readFileSync(within("whole/config.yaml"), "utf8");
      writeFileSync(within("whole/config.yaml"), text.replace("lr: 0.001", "lr: 0.002"));
      const refused = await train(ground, ["--resume", "whole"], "whole");
      expect([refused.code, refused.err]).toEqual([
        1,
        `Error: whole/checkpoints/step-0000012 belongs to another run: 1 thing has changed since.
  - optimizer.lr was 0.001, is 0.002
Undo it, or allow it: --allow-change optimizer.lr
(CHECKPOINT, see tssl explain CHECKPOINT)\n`,
      ]);
      writeFileSync(within("whole/config.yaml"), text);
      const longer = await train(ground, ["--resume", "whole", "--set", "epochs=5"], "whole");
      expect(longer.code, longer.err).toBe(0);
      expect(loggedNumbers(within("whole")).at(-1)!.step).toBe(15);
      expect(readFileSync(within("whole/report.html"), "utf8")).toContain(
        "From step 12 on, the run was changed: epochs was 4, is 5.",
      );
      // What was set is the run's own config from now on.
      expect((await train(ground, ["--resume", "whole"], "whole")).code).toBe(0);
    },
  );

  it("goes on from the checkpoint before where the newest is cut off", { tags: "long" }, async () => {
    const newest = within("term/checkpoints/step-0000012.safetensors");
    truncateSync(newest, 1000);
    const { code, err } = await train(ground, ["--resume", "term"], "term");
    expect(err).toMatch(/step-0000012\.safetensors has 1000 bytes of \d+\. Using the checkpoint before it\./);
    expect(err).toContain("continuing after step 10 of 12");
    expect(code).toBe(0);
    expect(outcomeOf(within("term"))).toEqual(wanted);
  });
});

describe("tssl train --resume", () => {
  it.each([
    [["--resume", "nowhere"], 1, "nowhere does not exist. Name the folder of a run, such as runs/demo."],
    [["--resume", "term", "--out", "x"], 2, outWithResume().message],
    [["config.yaml", "--allow-change", "seed"], 2, allowChangeWithoutResume().message],
    [[], 2, configMissing().message],
  ])("%j is refused", (args, code, message) => {
    const ended = warmTsslIn(ground.path, ["train", ...args]);
    expect(ended.err).toContain(`Error: ${message}\n`);
    expect(ended.code).toBe(code);
  });
});
