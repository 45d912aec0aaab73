// A program that is kept warm and does a number of steps when told to: tssl-step.mjs or pytorch_step.py.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

import { forgetPeak, machineTicks, peakMib, ticksOf } from "./process-facts.mjs";

const children = new Set();
process.on("exit", () => children.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

/**
 * Starts a program and waits until it is warm.
 *
 * @returns `{ unavailable }`, the reason, where the program says that this machine cannot do it.
 * @throws {Error} of one line where the program ends by itself.
 */
export async function startServer(command, args) {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
  children.add(child);
  const ended = once(child, "close").finally(() => children.delete(child));
  let errors = "";
  child.stderr.on("data", (text) => (errors += text));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  async function answer() {
    const { value, done } = await lines.next();
    if (!done) return JSON.parse(value);
    const [code, signal] = await ended;
    const how = signal === null ? `with code ${code}` : `by ${signal}`;
    throw new Error(`${[command, ...args].join(" ")} ended ${how}. ${errorLine(errors)}`);
  }
  async function stop() {
    child.kill("SIGKILL"); // between steps it has nothing to put in order
    await ended;
  }

  const facts = await answer();
  if (facts.unavailable !== undefined) {
    await stop();
    return facts;
  }
  const peakOfWarmUp = peakMib(child.pid);
  forgetPeak(child.pid);

  return {
    ...facts,
    /**
     * Does so many steps; `disturbance` is the share of the processors that other programs took meanwhile.
     */
    async measure(steps) {
      const before = { machine: machineTicks(), own: ticksOf(child.pid) };
      child.stdin.write(`${steps}\n`);
      const { seconds, loss, ...others } = await answer();
      if (loss !== undefined && !Number.isFinite(loss))
        throw new Error(`${[command, ...args].join(" ")}: the loss is ${loss}.`);
      const after = { machine: machineTicks(), own: ticksOf(child.pid) };
      const taken = after.machine.used - before.machine.used - (after.own - before.own);
      return { ...others, seconds, disturbance: taken / (after.machine.all - before.machine.all) };
    },
    peaks() {
      const afterWarmUp = peakMib(child.pid);
      return { whole: Math.max(peakOfWarmUp, afterWarmUp), afterWarmUp };
    },
    stop,
  };
}

/** The line of a program's last words that names the error. */
function errorLine(text) {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.findLast((line) => /^\S*(Error|Exception)\b/.test(line)) ?? lines.at(-1) ?? "It said nothing.";
}
