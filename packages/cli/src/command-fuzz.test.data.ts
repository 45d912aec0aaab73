import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { type Random, randomStream } from "@tssl/augment-zoo";
import { runTraining } from "@tssl/core/run";
import { CommanderError } from "commander";
import { expect, vi } from "vitest";
import { stringify } from "yaml";

import { compositions, smallRun } from "./compositions.test.data.ts";
import { exitCodeOf, explain } from "./errors.ts";
import { copyTrainAndTest } from "./few-images.test.data.ts";
import { buildProgram } from "./program.ts";
import { readRunConfig } from "./read-run-config.ts";

/**
 * Seconds of computing that a command may take that is refused, and one that does its work; most take a
 * hundredth.
 */
const LONGEST = { refused: 5, done: 30 };

/**
 * Milliseconds after which a command is taken to wait for something that never comes, also on a busy machine.
 */
const HANGS = 180_000;

/** Failures after which no more commands are tried. */
const MOST_SHOWN = 10;

/** Bytes that the process may grow by. */
const MOST_MEMORY = 2 ** 30;

/** Values that a config or a command line may be given by mistake or malice. */
const HOSTILE: readonly unknown[] = [
  ...[null, true, -1, 0, 1, 0.5, 3, 1e300, NaN, Infinity, -Infinity, 2 ** 31, 2 ** 53],
  ...["", " ", "x".repeat(5000), "\u001b[31mred\u0007", "a\nb", "a\0b", "../../elsewhere", "/proc/self/mem"],
  ...[
    "/dev/zero",
    "/proc",
    "./pipe.txt",
    "./pipe.tar",
    "./pipe.tsv",
    "./pipe.safetensors",
    "./folder",
    "./missing",
    "./damaged.tar",
    "{0..9}{0..9}",
  ],
  ...[
    "x{0..99999}{0..9999}.tar",
    "https://user:secret@127.0.0.1:1/x.tar",
    "s3://bucket/x.tar",
    "moco",
    "sgd",
  ],
  ...["./pipe.ts", "./nothing.ts", "./wrong.ts", "__proto__", "constructor", [], {}, [[]], [1, 2, 3]],
  ...[
    { use: "moco" },
    { use: null },
    { use: "./wrong.ts" },
    [{ use: "resnet18" }],
    { __proto__: null, x: 1 },
  ],
];

const NAMES = [
  "epochs",
  "batchSize",
  "imageSize",
  "name",
  "seed",
  "data",
  "train",
  "test",
  "workers",
  "use",
  "lr",
  "weights",
  "freezeEpochs",
];

/** What is broken of a text: a few bytes, its end, or its lines. */
function damaged(text: string, random: Random): Uint8Array {
  const bytes = Buffer.from(text);
  const at = random.integer(Math.max(1, bytes.length));
  const kinds = [
    () => bytes.subarray(0, at),
    () => Buffer.concat([bytes.subarray(0, at), Buffer.from([random.integer(256)]), bytes.subarray(at + 1)]),
    () => Buffer.concat([bytes.subarray(0, at), bytes]),
    () => Buffer.concat([bytes.subarray(0, at), Buffer.from("[{\t&*!%@`"), bytes.subarray(at)]),
    () => Buffer.from(Array.from({ length: 300 }, () => random.integer(256))),
  ];
  return oneOf(kinds, random)();
}

const oneOf = <T>(list: readonly T[], random: Random): T => list[random.integer(list.length)]!;

/** A config with some of its values replaced, removed or added, at any depth. */
function mutated(config: Readonly<Record<string, unknown>>, random: Random): unknown {
  const copy = structuredClone(config) as Record<string, unknown>;
  for (let left = 1 + random.integer(3); left > 0; left--) {
    let place: Record<string, unknown> = copy;
    for (;;) {
      const sections = Object.values(place).filter((inner) => typeof inner === "object" && inner !== null);
      if (sections.length === 0 || random.chance(0.4)) break;
      place = oneOf(sections, random) as Record<string, unknown>;
    }
    const keys = Object.keys(place);
    const key = keys.length === 0 || random.chance(0.1) ? oneOf(NAMES, random) : oneOf(keys, random);
    if (random.chance(0.15)) Reflect.deleteProperty(place, key);
    else place[key] = oneOf(HOSTILE, random);
  }
  return random.chance(0.02) ? oneOf(HOSTILE, random) : copy;
}

/** JSON has no NaN; where it is asked for, `null` is as good. */
const written = (content: unknown, extension: string): string =>
  extension === ".json"
    ? (JSON.stringify(content) ?? "")
    : extension === ".ts"
      ? `export default ${JSON.stringify(content) ?? "undefined"};\n`
      : stringify(content);

interface Ground {
  readonly folder: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** A folder with images, a run, and files of every wrong kind. */
async function makeGround(): Promise<Ground> {
  const folder = mkdtempSync(path.join(tmpdir(), "tssl-commands-"));
  const data = await copyTrainAndTest(folder);
  const config = {
    ...smallRun(data, { use: "resnet20", widths: [2, 2, 4] }),
    ...compositions[2]!.config,
    ...{ epochs: 1, engine: { mode: "eager", threads: 1 }, health: { everySteps: 200 } },
  };
  writeFileSync(path.join(folder, "config.yaml"), stringify(config));
  const outcome = await runTraining({
    config: await readRunConfig(path.join(folder, "config.yaml")),
    out: path.join(folder, "run"),
  });
  expect(outcome.status).toBe("finished");
  mkdirSync(path.join(folder, "folder"));
  writeFileSync(path.join(folder, "damaged.tar"), Buffer.alloc(3000, 7));
  writeFileSync(path.join(folder, "damaged.safetensors"), Buffer.alloc(3000));
  writeFileSync(path.join(folder, "nothing.ts"), "export const a = 1;\n");
  writeFileSync(path.join(folder, "wrong.ts"), 'export default { name: "x", options: 3, setup: 4 };\n');
  for (const kind of ["yaml", "ts", "txt", "tsv", "tar", "html", "safetensors"]) {
    const name = `pipe.${kind}`;
    execFileSync("mkfifo", [path.join(folder, name)]);
  }
  return { folder, config };
}

/** A config file of some kind: whole, changed, damaged, or none. */
function anyConfig({ folder, config }: Ground, random: Random): string {
  if (random.chance(0.1)) {
    const wrong = ["pipe.yaml", "pipe.ts", "missing.yaml", "folder", "damaged.tar", "nothing.ts", "run"];
    return path.join(folder, oneOf(wrong, random));
  }
  if (random.chance(0.1)) return path.join(folder, "config.yaml");
  const extension = oneOf([".yaml", ".yaml", ".yml", ".json", ".ts"], random);
  const text = written(random.chance(0.1) ? config : mutated(config, random), extension);
  const file = path.join(folder, `changed${extension}`);
  writeFileSync(file, random.chance(0.2) ? damaged(text, random) : text);
  return file;
}

/** Where something is to be written. */
function anyPlace({ folder }: Ground, random: Random): string {
  const places = [
    "new/place",
    "folder",
    "pipe.html",
    "config.yaml/inside",
    "x".repeat(300),
    "run",
    "out.html",
  ];
  return random.chance(0.2) ? oneOf(["/proc/x/y", "/dev/null/x", "/dev/full"], random) : path.join(folder, oneOf(places, random)); // prettier-ignore
}

const anyText = (random: Random): string => {
  const value = oneOf(HOSTILE, random);
  return (typeof value === "string" ? value : (JSON.stringify(value) ?? "")).replaceAll("\0", "");
};

function anySetting(random: Random): string {
  const paths = ["epochs", "optimizer.lr", "plugins.moco.queueSize", "plugins.99999999", "plugins[0].dim", "data.train", "data.mean.1", "encoder.use", "plugins.-1", "a.b.c", "__proto__.x", "plugins", "checkpoint.best"]; // prettier-ignore
  const values = [
    "[",
    "{",
    "&a *a",
    "9007199254740993",
    ".nan",
    "'",
    "!!js/function x",
    "\t",
    "- - -",
    "1e999",
  ];
  const value = random.chance(0.5) ? oneOf(values, random) : anyText(random);
  return random.chance(0.1) ? anyText(random) : `${oneOf(paths, random)}=${value}`;
}

/** A command line that may be right, and mostly is not. */
function anyCommand(ground: Ground, random: Random): readonly string[] {
  const config = () => anyConfig(ground, random);
  const set = () => Array.from({ length: random.integer(3) }, () => ["--set", anySetting(random)]).flat();
  const out = (option: string) => (random.chance(0.5) ? [option, anyPlace(ground, random)] : []);
  const value = (option: string) => (random.chance(0.4) ? [option, anyText(random)] : []);
  const run = () => path.join(ground.folder, oneOf(["run", "run", "folder", "missing", "pipe.txt"], random));
  const encoder = () => random.chance(0.5) ? run() : path.join(ground.folder, oneOf(["pipe.safetensors", "damaged.safetensors", "config.yaml", "pipe.tar"], random)); // prettier-ignore
  const images = () => path.join(ground.folder, oneOf(["train", "folder", "pipe.txt", "pipe.tar", "damaged.tar", "x{0..99999}{0..9999}.tar", "missing"], random)); // prettier-ignore
  const fresh = path.join(ground.folder, `fresh-${random.integer(2 ** 31)}`);
  const commands: readonly (() => readonly string[])[] = [
    () => ["config", "explain", config(), ...(random.chance(0.2) ? [anyText(random)] : []), ...set()],
    () => ["config", "explain", config(), ...set()],
    () => ["train", config(), ...set(), "--out", random.chance(0.7) ? fresh : anyPlace(ground, random)],
    () => ["train", config(), ...set(), "--out", fresh],
    () => ["train", "--resume", run(), ...set(), ...value("--allow-change")],
    () => ["preview", config(), "--out", random.chance(0.5) ? `${fresh}.html` : anyPlace(ground, random), ...value("--image"), ...value("--epoch"), ...value("--view"), ...out("--png")], // prettier-ignore
    () => ["data", images(), ...(random.chance(0.3) ? [images()] : [])],
    () => ["pack", images(), "--out", random.chance(0.5) ? fresh : anyPlace(ground, random), ...value("--per-shard"), ...value("--shard-size")], // prettier-ignore
    () => ["report", run(), ...out("--out")],
    () => ["inspect", run(), ...value("--json")],
    () => ["evaluate", "knn", run(), "--no-baseline", ...value("-k"), ...value("--temperature"), ...value("--checkpoint")], // prettier-ignore
    () => ["evaluate", "finetune", run(), "--no-baseline", "--epochs", "1", ...value("--fraction"), ...value("--lr-trunk"), ...value("--checkpoint")], // prettier-ignore
    () => ["evaluate", "svm", run(), "--no-baseline", ...value("--protocol"), ...value("--shots"), ...value("--train"), ...value("--checkpoint")], // prettier-ignore
    () => ["evaluate", "linear", run(), "--no-baseline", "--epochs", "1", "--lr", oneOf(["0.1", "0.1,30", anyText(random)], random), ...value("--fraction"), ...out("--out")], // prettier-ignore
    () => ["embed", encoder(), images(), "--out", random.chance(0.6) ? `${fresh}.${oneOf(["npy", "parquet"], random)}` : anyPlace(ground, random), ...value("--workers"), ...value("--batch-size"), ...value("--near-duplicates"), ...value("--outliers"), ...value("--checkpoint")], // prettier-ignore
    () => ["cluster", run(), ...out("--out"), ...value("--clusters"), ...value("--iterations"), ...value("--redo"), ...value("--seed"), ...value("--images")], // prettier-ignore
    () => ["export", run(), "--to", oneOf(["safetensors", "onnx,tfjs", "page", "detectron2", anyText(random)], random), "--out", random.chance(0.6) ? fresh : anyPlace(ground, random), ...value("--images"), ...value("--license"), ...value("--push"), ...value("--checkpoint")], // prettier-ignore
    () => ["inspect", "graph", config(), ...value("--card")],
    () => ["replay", run(), ...value("--step"), ...out("--save")],
    () => ["init", random.chance(0.5) ? fresh : anyPlace(ground, random), "--yes", "--images", images(), ...value("--method"), ...value("--epochs"), ...value("--name")], // prettier-ignore
    () => ["config", "schema", "--out", anyPlace(ground, random)],
    () => ["explain", anyText(random)],
    () => ["compare", config(), ...value("--vary"), ...value("--seeds"), ...(random.chance(0.9) ? ["--seeds", "0"] : [])], // prettier-ignore
    () => ["watch", path.join(ground.folder, "missing"), ...value("--port")],
    () => [anyText(random), anyText(random)],
  ];
  return oneOf(commands, random)();
}

/**
 * Runs so many random command lines in this process, as main.ts does, and holds each to what every command
 * keeps: it ends soon with a documented exit code, and its errors are ours.
 *
 * @param seed of the command lines; TSSL_FUZZ_SEED takes those of an earlier run of the tests again.
 */
export async function fuzzCommands(count: number, seed: number): Promise<void> {
  const ground = await makeGround();
  vi.stubEnv("HF_TOKEN", ""); // nothing is uploaded
  const output = { text: "" };
  const take = (chunk: unknown) => {
    output.text += String(chunk);
    return true;
  };
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, "write").mockImplementation((chunk: unknown, ...rest: readonly unknown[]) => {
      for (const told of rest) if (typeof told === "function") (told as () => void)();
      return take(chunk);
    }),
  );
  const codeBefore = process.exitCode;
  const memoryBefore = process.memoryUsage().rss;
  try {
    const broken: string[] = [];
    for (let i = 0; i < count && broken.length < MOST_SHOWN; i++) {
      const random = randomStream(seed, "command", i);
      const args = anyCommand(ground, random);
      output.text = "";
      const { code, says, took } = await endOf(args);
      const text = `${says}${output.text}`;
      const grown = process.memoryUsage().rss - memoryBefore;
      const wrong = [
        ...([0, 1, 2].includes(code) ? [] : [`exit code ${code}`]),
        ...(/unexpected|\n {4}at |:secret@/.test(text) ? [text] : []),
        ...(took <= (code === 0 ? LONGEST.done : LONGEST.refused) ? [] : [`${took} s`]),
        ...(grown <= MOST_MEMORY ? [] : [`${grown} bytes more`]),
      ];
      if (wrong.length > 0) broken.push(`command ${i}: ${JSON.stringify(args)}: ${wrong.join("; ")}`);
    }
    expect(broken, `seed ${seed}`).toEqual([]);
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = codeBefore;
    vi.unstubAllEnvs();
    rmSync(ground.folder, { recursive: true, force: true });
  }
}

/** How a command ends, as main.ts has it. */
async function endOf(args: readonly string[]) {
  const begun = process.cpuUsage();
  process.exitCode = 0;
  let says = "";
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it does not end`)), HANGS);
  });
  try {
    await Promise.race([buildProgram().parseAsync([...args], { from: "user" }), tooLong]);
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else {
      says = explain(error);
      process.exitCode = exitCodeOf(error);
    }
  } finally {
    clearTimeout(timer);
  }
  const { user, system } = process.cpuUsage(begun); // not the time of a clock: other programs may run
  return { code: process.exitCode, says, took: (user + system) / 1e6 };
}
