import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { fileURLToPath } from "node:url";

import type { Answer, Order } from "./lock-contender.test.data.ts";

/** The build: a process of its own runs no TypeScript. */
const CONTENDER = fileURLToPath(new URL("../dist/lock-contender.test.data.js", import.meta.url));

/** What a process left behind that is gone. */
const LEFT_BEHIND = JSON.stringify({ pid: 999_999_999, host: hostname() });

/** Milliseconds until all begin. */
const LEAD = 5;

/** A contender that waits for orders. */
async function start(): Promise<ChildProcess> {
  const contender = fork(CONTENDER);
  await once(contender, "message");
  return contender;
}

const startAll = (processes: number): Promise<ChildProcess[]> =>
  Promise.all(Array.from({ length: processes }, start));

async function told(contender: ChildProcess, order: Order): Promise<Answer> {
  const answer = once(contender, "message");
  contender.send(order);
  return ((await answer) as [Answer])[0];
}

/**
 * Lets processes that begin in the same millisecond try for one lock: where there is no file, where one was
 * left behind, and after its owner was killed.
 *
 * @returns how many had it in each trial.
 */
export async function lockTrials(file: string, processes: number, trials: number): Promise<number[]> {
  const contenders = await startAll(processes);
  const owners: number[] = [];
  try {
    for (let trial = 0; trial < trials; trial++) {
      if (trial % 3 === 1) writeFileSync(file, LEFT_BEHIND);
      const at = Date.now() + LEAD;
      const answers = await Promise.all(contenders.map((each) => told(each, { do: "take", file, at })));
      const winners = contenders.filter((_, i) => (answers[i] as { readonly hasIt: boolean }).hasIt);
      owners.push(winners.length);
      for (const winner of winners) {
        if (trial % 3 === 1) {
          winner.kill("SIGKILL");
          await once(winner, "exit");
          contenders[contenders.indexOf(winner)] = await start();
        } else await told(winner, { do: "release" });
      }
    }
  } finally {
    for (const contender of contenders) contender.kill("SIGKILL");
  }
  return owners;
}

/** Lets processes take a lock in turns. @returns how often one had it while another had it. */
export async function lockTurns(file: string, processes: number, times: number): Promise<number> {
  const contenders = await startAll(processes);
  try {
    const answers = await Promise.all(
      contenders.map((each) => told(each, { do: "take turns", file, times })),
    );
    return answers.reduce((sum, answer) => sum + ("shared" in answer ? answer.shared : 0), 0);
  } finally {
    for (const contender of contenders) contender.kill("SIGKILL");
  }
}
