import { spawn } from "node:child_process";
import {
  existsSync,
  type FSWatcher,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  watch,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { type Random, randomStream } from "@tssl/augment-zoo";
import { stringify } from "yaml";

import { type Ended as EndedProgram, MAIN } from "./built-program.test.data.ts";
import { type Composition, smallRun } from "./compositions.test.data.ts";
import { copyTrainAndTest } from "./few-images.test.data.ts";
import { loggedNumbers } from "./run-numbers.test.data.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** When a process is killed. */
export interface Kill {
  readonly signal: "SIGINT" | "SIGTERM" | "SIGHUP" | "SIGKILL";
  /**
   * When to kill: milliseconds after the start, after the run folder is open, or after something was said on
   * stderr so many times; or during the second checkpoint.
   */
  readonly at:
    | { readonly start: number }
    | { readonly opened: number }
    | { readonly said: string; readonly times: number; readonly after: number }
    | "checkpoint";
  /** Of several processes that train together: the place of the one to kill. Default: what started them. */
  readonly place?: number;
}

export interface Ended extends EndedProgram {
  /** From its start to its end, and to when it had opened its run folder. */
  readonly milliseconds: number;
  readonly openedAfter: number;
}

/** A folder with real images, an encoder that compiles fast, and a config for each composition. */
export interface KillGround {
  readonly path: string;
  /** Writes a config file. @returns its name. */
  config(name: string, content: Readonly<Record<string, unknown>>): string;
  remove(): void;
}

/** Random numbers for moments of kills; TSSL_KILL_SEED takes those of an earlier run of the tests again. */
export function killMoments(): Random {
  const seed = Number(process.env["TSSL_KILL_SEED"] ?? Date.now() % 100_000);
  process.stdout.write(`Moments of kills: TSSL_KILL_SEED=${seed}\n`);
  return randomStream(seed, "kills");
}

export async function killGround(): Promise<KillGround> {
  const folder = mkdtempSync(path.join(tmpdir(), "tssl-kill-"));
  const data = await copyTrainAndTest(folder);
  writeFileSync(
    path.join(folder, "encoder.ts"),
    'export { smallConvNet as default } from "@tssl/core/testing";\n',
  );
  mkdirSync(path.join(folder, "node_modules/@tssl"), { recursive: true });
  symlinkSync(path.join(ROOT, "packages/core"), path.join(folder, "node_modules/@tssl/core"));
  return {
    path: folder,
    config(name, content) {
      const all = { ...smallRun(data, { use: "./encoder.ts" }), checkpoint: { everySteps: 2 }, ...content };
      writeFileSync(path.join(folder, name), stringify(all));
      return name;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Runs `tssl train …` in a process of its own, and kills it. */
export async function train(
  { path: folder }: KillGround,
  args: readonly string[],
  run: string,
  kill?: Kill,
): Promise<Ended> {
  const started = performance.now();
  const child = spawn(process.execPath, [MAIN, "train", ...args], { cwd: folder });
  const shoot = () => {
    const pid = kill!.place === undefined ? child.pid! : childrenOf(child.pid!)[kill!.place]!;
    process.kill(pid, kill!.signal);
  };
  const timers: NodeJS.Timeout[] = [];
  const watcher = kill?.at === "checkpoint" ? whileWriting(path.join(folder, run), shoot) : undefined;
  const at = kill === undefined || kill.at === "checkpoint" ? undefined : kill.at;
  if (at !== undefined && "start" in at) timers.push(setTimeout(shoot, at.start));

  let [out, err, openedAfter] = ["", "", NaN];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => {
    err += chunk.toString();
    if (at !== undefined && "said" in at && timers.length === 0 && err.split(at.said).length > at.times) {
      timers.push(setTimeout(shoot, at.after));
    }
    if (!Number.isNaN(openedAfter) || !/^run folder /m.test(err)) return;
    openedAfter = performance.now() - started;
    if (at !== undefined && "opened" in at) timers.push(setTimeout(shoot, at.opened));
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  timers.forEach(clearTimeout);
  watcher?.close();
  return { code, out, err, milliseconds: performance.now() - started, openedAfter };
}

/** The processes of this program that a process has started, the first one first. */
const childrenOf = (pid: number): readonly number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .trim()
    .split(" ")
    .filter((child) => readFileSync(`/proc/${child}/cmdline`, "utf8").includes(MAIN))
    .map(Number);

/**
 * Shoots once, when the third file of a run's checkpoints is being written: one checkpoint is whole by then.
 */
function whileWriting(run: string, shoot: () => void): FSWatcher {
  const checkpoints = path.join(run, "checkpoints");
  mkdirSync(checkpoints, { recursive: true }); // to watch it from the start
  const seen = new Set<string>();
  const watcher = watch(checkpoints, (_event, file) => {
    if (file?.endsWith(".part") !== true) return;
    seen.add(file);
    if (seen.size < 3) return;
    watcher.close();
    shoot();
  });
  return watcher;
}

/** Steps that a run has logged. */
export function stepsLogged(run: string): number {
  try {
    return Math.max(0, ...loggedNumbers(run).map(({ step }) => step));
  } catch {
    return 0;
  }
}

/** The step of a run's newest checkpoint, 0 where there is none. */
export function stepSaved(run: string): number {
  const folder = path.join(run, "checkpoints");
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return Math.max(0, ...files.map((file) => Number(/^step-(\d+)\.json$/.exec(file)?.[1] ?? 0)));
}

/** The step after which a process continued, by its output; the last one of a run that had finished. */
export const wentOnAfter = ({ err }: Ended): number =>
  Number(
    /^continuing after step (\d+) |has finished: all (\d+) steps/m.exec(err)?.slice(1).find(Boolean) ?? 0,
  );

export const configOf = ({ config }: Composition, mode: string): Record<string, unknown> => ({
  ...config,
  engine: { mode },
});
