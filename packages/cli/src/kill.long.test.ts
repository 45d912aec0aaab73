import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { compositions } from "./compositions.test.data.ts";
import {
  configOf,
  type Ended,
  type Kill,
  type KillGround,
  killGround,
  killMoments,
  stepSaved,
  stepsLogged,
  train,
  wentOnAfter,
} from "./kill.test.data.ts";
import { outcomeOf } from "./run-numbers.test.data.ts";

/** In all, shared out among the compositions. */
const KILLS = 100;
/** A run is killed so often, unless it comes to its end before, and is then let go. */
const KILLS_PER_RUN = 5;
const EVERY_STEPS = 5;
const LENGTH = { epochs: 20, checkpoint: { everySteps: EVERY_STEPS } };

/** In turns: of a composition's runs, and of the first runs of compositions. */
const MODES = ["eager", "graph", "xla"] as const;

/** One kill, and what came of it. */
interface Shot {
  readonly signal: Kill["signal"];
  /** What the process was doing, as its files tell. */
  readonly phase: "starting" | "before the first checkpoint" | "writing a file" | "between";
  /** Steps logged and to be taken again. */
  readonly lost: number;
}

const shots: Shot[] = [];
let runs = 0;
let ground: KillGround;
beforeAll(async () => (ground = await killGround()));
afterAll(() => {
  ground.remove();
  printFigures();
});
const within = (name: string) => path.join(ground.path, name);

const moments = killMoments();
const SIGNALS = ["SIGKILL", "SIGINT", "SIGKILL", "SIGTERM", "SIGKILL"] as const;

/**
 * Of five: one at any moment of the process, one while it writes a checkpoint, three while it trains, seldom
 * to its end.
 */
function nextKill(count: number, { milliseconds, openedAfter }: Ended): Kill {
  const signal = SIGNALS[count % SIGNALS.length]!;
  if (count % 5 === 0) return { signal, at: "checkpoint" };
  if (count % 5 === 3) return { signal, at: { start: moments.uniform() * milliseconds } };
  return { signal, at: { opened: (moments.uniform() * 2 * (milliseconds - openedAfter)) / KILLS_PER_RUN } };
}

function phaseOf(run: string): Shot["phase"] {
  if (!existsSync(within(`${run}/config.yaml`))) return "starting";
  const files = [within(run), within(`${run}/checkpoints`)].flatMap((folder) => readdirSync(folder));
  if (files.some((file) => /\.(part|tmp)$/.test(file))) return "writing a file";
  return files.some((file) => /^step-.*json$/.test(file)) ? "between" : "before the first checkpoint";
}

describe.each(compositions)("$name", (composition) => {
  const index = compositions.indexOf(composition);
  const outcomes: Record<string, { ended: Ended; outcome: unknown }> = {};

  /** The run that is left alone, of which there is one for each mode. */
  async function leftAlone(mode: string) {
    const run = `${index}-${mode}`;
    const config = ground.config(`${run}.yaml`, { ...configOf(composition, mode), ...LENGTH });
    const ended = await train(ground, [config, "--out", run], run);
    expect(ended.code, ended.err).toBe(0);
    return { ended, outcome: outcomeOf(within(run)) };
  }

  it("comes to the same numbers, however often it is killed", async () => {
    for (let kills = 0, number = 0; kills < KILLS / compositions.length; number++) {
      const mode = MODES[(index + number) % MODES.length]!;
      const wanted = (outcomes[mode] ??= await leftAlone(mode));
      const run = `${index}-${mode}-killed-${number}`;
      const begin = () =>
        existsSync(within(`${run}/config.yaml`))
          ? ["--resume", run]
          : [`${index}-${mode}.yaml`, "--out", run];
      for (let i = 0; i < KILLS_PER_RUN; i++) {
        const kill = nextKill(shots.length, wanted.ended);
        const saved = stepSaved(within(run));
        const killed = await train(ground, begin(), run, kill);
        expect([0, 130, 143, null], killed.out + killed.err).toContain(killed.code);
        if (killed.code === 0) break; // it came to its end before
        const opened = /^run folder /m.test(killed.err);
        if (opened) expect(wentOnAfter(killed)).toBe(saved);
        // One that took no step leaves the folder as the kill before left it.
        const counts = opened && !killed.err.includes("No step was taken");
        const lost = counts ? stepsLogged(within(run)) - stepSaved(within(run)) : 0;
        expect(lost, killed.err).toBeLessThanOrEqual(kill.signal === "SIGKILL" ? EVERY_STEPS : 0);
        shots.push({ signal: kill.signal, phase: phaseOf(run), lost });
        kills++;
      }
      const rest = await train(ground, begin(), run);
      expect(rest.code, rest.err).toBe(0);
      expect(outcomeOf(within(run)), run).toEqual(wanted.outcome);
      runs++;
    }
  }, 3_600_000);
});

function printFigures(): void {
  const table = (key: "signal" | "phase") =>
    [...new Set(shots.map((shot) => shot[key]))].map((value) => {
      const those = shots.filter((shot) => shot[key] === value);
      return (
        `  ${value}: ${those.length} kills, at most ${Math.max(...those.map(({ lost }) => lost))} ` +
        `steps lost`
      );
    });
  const lines = [
    `${shots.length} kills in ${runs} runs of ${compositions.length} compositions, checkpoints every ` +
      `${EVERY_STEPS} steps;`,
    `each run ended with the metrics and checkpoints of one that was left alone, to the bit.`,
    ...table("signal"),
    ...table("phase"),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}
