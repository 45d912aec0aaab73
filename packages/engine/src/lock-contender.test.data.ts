import { closeSync, openSync, rmSync } from "node:fs";

import { type FileLock, takeFileLock } from "./file-lock.ts";

/** What a contender is told to do. */
export type Order =
  | { readonly do: "take"; readonly file: string; /** Milliseconds since 1970. */ readonly at: number }
  | { readonly do: "release" }
  | { readonly do: "take turns"; readonly file: string; readonly times: number };

/** What it answers: whether it has the lock, or how often it had, and how often another had it too. */
export type Answer = { readonly hasIt: boolean } | { readonly turns: number; readonly shared: number };

let taken: FileLock | undefined;

async function take(file: string, at: number): Promise<Answer> {
  while (Date.now() < at); // not a timer: all begin in the same millisecond
  taken = (await takeFileLock(file)).lock;
  return { hasIt: taken !== undefined };
}

/** Takes the lock again and again. Whoever has it makes a file that must not be there. */
async function takeTurns(file: string, times: number): Promise<Answer> {
  let [turns, shared] = [0, 0];
  while (turns < times) {
    const { lock } = await takeFileLock(file);
    if (lock === undefined) continue;
    try {
      closeSync(openSync(`${file}.inside`, "wx"));
    } catch {
      shared++;
    }
    rmSync(`${file}.inside`, { force: true });
    lock.release();
    turns++;
  }
  return { turns, shared };
}

process.on("message", (order: Order) => {
  const answer = (what: Answer): void => void process.send!(what);
  if (order.do === "take") void take(order.file, order.at).then(answer);
  else if (order.do === "take turns") void takeTurns(order.file, order.times).then(answer);
  else {
    taken?.release();
    taken = undefined;
    answer({ hasIt: false });
  }
});

process.send!("ready");
