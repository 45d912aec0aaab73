import { fileURLToPath } from "node:url";
import path from "node:path";

import { afterAll, beforeAll, expect, it } from "vitest";

import { type KillGround, killGround, stepSaved, train, wentOnAfter } from "./kill.test.data.ts";
import { AT_WORK } from "./moving-mean.test.data.ts";
import { outcomeOf } from "./run-numbers.test.data.ts";

let ground: KillGround;
let config: string;
let wanted: ReturnType<typeof outcomeOf>;
const within = (name: string) => path.join(ground.path, name);

beforeAll(async () => {
  ground = await killGround();
  config = ground.config("config.yaml", {
    plugins: [{ use: fileURLToPath(new URL("moving-mean.test.data.ts", import.meta.url)) }],
    optimizer: { use: "sgd", lr: 0.06 },
  });
  const whole = await train(ground, [config, "--out", "whole"], "whole");
  expect(whole.code, whole.err).toBe(0);
  wanted = outcomeOf(within("whole"));
});
afterAll(() => ground.remove());

it.each([
  ["SIGKILL", 1, null],
  ["SIGKILL", 3, null],
  ["SIGTERM", 2, 143],
  ["SIGINT", 4, 130],
] as const)(
  "a run that is ended by %s in its work before epoch %i does it again, to the same numbers",
  async (signal, epoch, code) => {
    const run = `${signal}-${epoch}`;
    const kill = { signal, at: { said: AT_WORK, times: epoch, after: 400 } } as const;
    const killed = await train(ground, [config, "--out", run], run, kill);
    expect(killed.code, killed.err).toBe(code);
    const steps = stepSaved(within(run));
    const rest = await train(ground, steps > 0 ? ["--resume", run] : [config, "--out", `${run}-again`], run);
    expect(rest.code, rest.err).toBe(0);
    expect(wentOnAfter(rest)).toBe(steps);
    expect(rest.err.split(AT_WORK).length - 1, rest.err).toBe(4 - Math.floor(steps / 3));
    expect(outcomeOf(within(steps > 0 ? run : `${run}-again`))).toEqual(wanted);
  },
  300_000,
);
