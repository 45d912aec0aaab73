import { spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import type { Bottleneck, RunHealth } from "@tssl/core/run";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { MAIN, tsslIn, warmTsslIn } from "../built-program.test.data.ts";
import { EXAMPLE, example, smallExample } from "../example-run.test.data.ts";
import { copyImages, copyTrainAndTest } from "../few-images.test.data.ts";
import { loggedNumbers } from "../run-numbers.test.data.ts";

let folder: string;
let data: { train: string; test: string };
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-train-"));
  data = await copyTrainAndTest(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tssl = (...args: string[]) => warmTsslIn(folder, args);
const asUsers = { "engine.mode": undefined };
const small = (more: Record<string, unknown> = {}) => smallExample(data, { ...asUsers, ...more });
/** Where nothing of a step is looked at. */
const smallAndEager = (more: Record<string, unknown>) => smallExample(data, more);

/** Logged numbers of a run that do not depend on the speed of the machine. */
const numbersOf = (run: string): unknown[] =>
  loggedNumbers(path.join(folder, run)).map(({ step, values }) => ({ step, ...values }));

describe("tssl train", () => {
  it("trains the example, evaluates it, and leaves a run folder that can be evaluated again", () => {
    // As users start it; the other commands of this file run in one process that stays.
    const trained = tsslIn(folder, ["train", EXAMPLE, "--out", "first", "--profile", ...small()]);
    expect(trained.err).toContain("moco + clsa on 48 images, 2 epochs of 3 steps, batch 16");
    expect(trained.err).toContain("mode graph (auto: oneDNN's convolutions are faster than XLA's on a CPU)");
    expect(trained.err).toMatch(/\nmemory: about [\d.]+ MiB \(step [\d.]+ MiB.*\), [\d.]+ [GM]iB free\n/);
    expect(trained.err).toMatch(
      /compiling the training step, [\d,]+ ops …\ncompiled the training step in [\d.]+ s/,
    );
    expect(trained.code).toBe(0);
    expect(trained.out).toContain("points over the untrained encoder");
    expect(readdirSync(path.join(folder, "first")).sort()).toEqual([
      "checkpoints",
      "config.yaml",
      "features",
      "images.json",
      "metrics.jsonl",
      "outcome.json",
      "report.html",
      "run.json",
    ]);
    expect(readdirSync(path.join(folder, "first/checkpoints"))).toEqual([
      "step-0000006.json",
      "step-0000006.safetensors",
    ]);

    const rows = numbersOf("first") as {
      step: number;
      loss?: number;
      knn?: number;
      "moco/infoNce"?: number;
      "clsa/ddm"?: number;
    }[];
    expect(rows.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 6]);
    const [, step] = rows;
    expect(step!.loss).toBeCloseTo(step!["moco/infoNce"]! + step!["clsa/ddm"]!, 4);

    const outcome = JSON.parse(readFileSync(path.join(folder, "first/outcome.json"), "utf8")) as {
      evaluations: { accuracy: number }[];
      peakMemoryBytes: number;
      bottleneck: Bottleneck;
    };
    expect(outcome).toMatchObject({ status: "finished", steps: 6 });
    expect(outcome.evaluations.map(({ accuracy }) => accuracy)).toEqual([rows[0]!.knn, rows.at(-1)!.knn]);
    expect(outcome.peakMemoryBytes).toBeGreaterThan(1e8);

    const inspected = tssl("inspect", "first");
    expect(inspected.out).toMatch(
      /^moco-with-clsa: moco \+ clsa\nfinished after 6 steps, 2 of 2 epochs\nkNN /,
    );
    expect(inspected.out).toContain("queue moco.keys: full, oldest embedding 2 steps old\n");
    expect(inspected.out).toMatch(
      /\nnote {5}Too early to say, before step 50: .*\n\nNext: tssl evaluate linear first\n$/,
    );
    expect(trained.err).toMatch(/step 3 {2}Too early to say, before step 50: /);
    expect(readFileSync(path.join(folder, "first/report.html"), "utf8")).toContain(
      "Too early to say, before step 50: ",
    );
    const { health } = JSON.parse(tssl("inspect", "first", "--json").out) as { health: RunHealth };
    expect(health.findings.map(({ about, level }) => `${about}: ${level}`)).toContain("learning: note");
    const { stages, advice, idleShare } = outcome.bottleneck;
    expect(stages.map(({ name }) => name)).toEqual(["decode", "augment", "hand-over", "compute", "idle"]);
    for (const { millisecondsPerImage } of stages) expect(millisecondsPerImage).toBeGreaterThan(0);
    expect(stages[3]!.share + stages[4]!.share).toBeCloseTo(1, 12);
    expect(stages[4]!.share).toBe(idleShare);
    expect(trained.out).toContain(`${advice}\n`);
    expect(readFileSync(path.join(folder, "first/report.html"), "utf8")).toContain(advice);

    const evaluated = tssl("evaluate", "knn", "first", "--json");
    expect(evaluated.code).toBe(0);
    expect((JSON.parse(evaluated.out) as { accuracy: number }).accuracy).toBeCloseTo(rows.at(-1)!.knn!, 6);
  });

  it(
    "trains the example with an encoder of its own, and finds it again to evaluate",
    { tags: "long" },
    () => {
      const config = example("your-own-encoder");
      const trained = tssl(
        "train",
        config,
        "--out",
        "own-encoder",
        ...small({ encoder: undefined, epochs: 1 }),
      );
      expect(trained.err).toContain("plain-convolutional, 112,048 parameters");
      expect(trained.code).toBe(0);
      const evaluated = tssl("evaluate", "knn", "own-encoder", "--json");
      const [last] = numbersOf("own-encoder").slice(-1) as { knn: number }[];
      expect((JSON.parse(evaluated.out) as { accuracy: number }).accuracy).toBeCloseTo(last!.knn, 6);
    },
  );

  it("looks at gradients and cosines now and then, which changes no number", { tags: "long" }, () => {
    expect(tssl("train", EXAMPLE, "--out", "looked-at", ...small({ "health.everySteps": 2 })).code).toBe(0);
    const steps = (run: string) =>
      loggedNumbers(path.join(folder, run)).filter(({ values }) => "loss" in values);
    const rows = steps("looked-at");
    const valuesOf = (name: string) => rows.map(({ values }) => values[name]);
    const [moco, clsa] = [valuesOf("moco/infoNce/gradientShare"), valuesOf("clsa/ddm/gradientShare")];
    const sums = moco.map((share, i) => (share === undefined ? "none" : (share + clsa[i]!).toFixed(6)));
    expect(sums).toEqual(["none", "1.000000", "none", "1.000000", "none", "1.000000"]);
    const counts = rows.map(({ cosines }) => cosines?.positive.reduce((sum, count) => sum + count, 0));
    expect(counts).toEqual([undefined, 16, undefined, 16, undefined, 16]);
    expect(valuesOf("moco.keys/filled")).toEqual([0.5, 1, 1, 1, 1, 1]);
    expect(valuesOf("moco.keys/oldestSteps")).toEqual([1, 2, 2, 2, 2, 2]);
    const moved = ({ step, values }: (typeof rows)[number]) => ({
      step,
      values: Object.entries(values).filter(([name]) => !name.endsWith("/gradientShare")),
    });
    expect(rows.map(moved)).toEqual(steps("first").map(moved));
    expect(tssl("inspect", "looked-at").out).toMatch(
      /\ngradient at step 6: moco\/infoNce \d+ %, clsa\/ddm \d+ %\ncosines at step 6, from -1 to 1:\n {2}two views of an image {2}\|/,
    );
  });

  it("inspects a step as JSON, where inspect itself has --json too", () => {
    const { out } = tssl("inspect", "graph", EXAMPLE, ...small(), "--steps", "1", "--json");
    expect(out.slice(0, 27)).toBe('{"plugins":["moco","clsa"],'); // 2 MB
  });

  it("gives the same numbers whatever the number of workers", { tags: "long" }, () => {
    expect(tssl("train", EXAMPLE, "--out", "three", ...small({ "data.workers": 3 })).code).toBe(0);
    expect(numbersOf("three")).toEqual(numbersOf("first"));
  });

  it("accumulates gradients over more parts than batches are made ahead", { tags: "long" }, () => {
    const trained = tssl("train", EXAMPLE, "--out", "accumulated", ...small({ accumulate: 4, epochs: 1 }));
    expect(trained.code).toBe(0);
    expect(numbersOf("accumulated").map((row) => (row as { step: number }).step)).toEqual([0, 1, 2, 3, 3]);
  });

  it("says how steps run, and takes the same first step in another mode", { tags: "long" }, () => {
    const trained = tssl("train", EXAMPLE, "--out", "eager", ...small({ "engine.mode": "eager", epochs: 1 }));
    expect(trained.err).toContain("mode eager (as requested)");
    const first = (run: string) => (numbersOf(run)[1] as { loss: number }).loss;
    expect(first("eager") / first("first")).toBeCloseTo(1, 5);
  });

  it("gives other numbers for another seed", { tags: "long" }, () => {
    expect(tssl("train", EXAMPLE, "--out", "seed", ...small({ seed: 1, epochs: 1 })).code).toBe(0);
    expect(numbersOf("seed")[1]).not.toEqual(numbersOf("first")[1]);
  });

  it("trains on a flat folder without labels", { tags: "long" }, () => {
    const flat = path.join(folder, "flat");
    mkdirSync(flat);
    for (const name of readdirSync(data.train)) {
      for (const file of readdirSync(path.join(data.train, name))) {
        copyFileSync(path.join(data.train, name, file), path.join(flat, `${name}-${file}`));
      }
    }
    const { code, out, err } = tssl(
      "train",
      EXAMPLE,
      "--out",
      "unlabelled",
      ...small({ "data.train": flat, "data.test": null, epochs: 1 }),
    );
    expect(err).toContain("There is no kNN accuracy during training: ");
    expect(err).not.toMatch(/^epoch .* kNN /m);
    expect(out).toMatch(/^Report: .*report\.html\n$/);
    expect(code).toBe(0);
  });

  it("runs a plugin and an encoder of the user's own, written in TypeScript", () => {
    writeFileSync(
      path.join(folder, "length-term.ts"),
      `import { definePlugin, embeddingSpace } from "@tssl/core";
import * as tf from "@tensorflow/tfjs";
type Options = { weight: number };
export default definePlugin<Options>({
  name: "length",
  options: {
    type: "object",
    additionalProperties: false,
    required: ["weight"],
    properties: { weight: { type: "number", default: 2 } },
  },
  requires: [embeddingSpace],
  setup: (_build, { weight }) => ({
    step({ use }) {
      const { embedding } = use(embeddingSpace).queries["query"]!;
      const loss = tf.mean<tf.Scalar>(tf.sum(tf.square(embedding), 1));
      return { terms: { squaredLength: { loss, weight } } };
    },
  }),
});
`,
    );
    // Packages resolve from the config's folder, as they would in a project that has tssl installed.
    const project = path.join(folder, "project");
    mkdirSync(path.join(project, "node_modules/@tssl"), { recursive: true });
    mkdirSync(path.join(project, "node_modules/@tensorflow"), { recursive: true });
    const root = fileURLToPath(new URL("../../../..", import.meta.url));
    for (const name of ["@tssl/core", "@tensorflow/tfjs"]) {
      symlinkSync(path.join(root, "node_modules", name), path.join(project, "node_modules", name));
    }
    copyFileSync(path.join(folder, "length-term.ts"), path.join(project, "length-term.ts"));
    copyFileSync(EXAMPLE, path.join(project, "config.yaml"));
    const { code, err } = tssl(
      "train",
      "project/config.yaml",
      "--out",
      "own",
      ...smallAndEager({
        plugins: [{ use: "moco", queueSize: 32, dim: 16 }, { use: "./length-term.ts" }],
        epochs: 1,
      }),
    );
    expect(err).toContain("moco + length on 48 images");
    expect(code).toBe(0);
    const [, step] = numbersOf("own") as {
      "length/squaredLength": number;
      loss: number;
      "moco/infoNce": number;
    }[];
    expect(step!["length/squaredLength"]).toBeCloseTo(1, 5);
    expect(step!.loss).toBeCloseTo(step!["moco/infoNce"] + 2, 4);
    expect(readdirSync(project).filter((name) => name.endsWith(".mjs"))).toEqual([]);
  });

  it("stops after the step under way on Ctrl-C, saved, with exit code 130", async () => {
    const child = spawn(
      process.execPath,
      [MAIN, "train", EXAMPLE, "--out", "stopped", ...smallAndEager({ epochs: 10_000 })],
      { cwd: folder },
    );
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => {
      child.on("exit", resolve);
      child.stderr.on("data", (chunk: Buffer) => {
        if (/^epoch 2 /m.test(chunk.toString())) child.kill("SIGINT");
      });
    });
    expect(code).toBe(130);
    expect(out).toMatch(/^Stopped after \d+ steps; the state is saved in /);
    const [facts] = readdirSync(path.join(folder, "stopped/checkpoints"));
    expect(facts).toMatch(/^step-\d{7}\.json$/);
    expect(readFileSync(path.join(folder, "stopped/report.html"), "utf8")).toContain("interrupted");
  });

  it("does without a corrupt training image, in steps and in kNN, counts it and says so", () => {
    const train = copyImages(data.train, path.join(folder, "one-broken"), 12);
    const victim = path.join(train, readdirSync(train)[0]!, "broken.jpg");
    writeFileSync(victim, "no image");
    const values = { "data.train": train, "data.maxCorruptShare": 0.05, epochs: 1 };
    const { code, err } = tssl("train", EXAMPLE, "--out", "one-corrupt", ...smallAndEager(values));
    expect(err).toContain(
      "1 image could not be decoded (1 not an image); views of other images took their place, and kNN does " +
        `without them: ${victim}.\n`,
    );
    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(path.join(folder, "one-corrupt/outcome.json"), "utf8"))).toMatchObject({
      corruptFiles: [victim],
    });
    const evaluated = tssl("evaluate", "knn", "one-corrupt", "--json");
    expect(evaluated.err).toContain(`1 image could not be decoded (1 not an image); left out: ${victim}.\n`);
    expect(JSON.parse(evaluated.out)).toMatchObject({ corruptFiles: [victim] });
    const last = numbersOf("one-corrupt").at(-1) as { knn: number };
    expect((JSON.parse(evaluated.out) as { accuracy: number }).accuracy).toBeCloseTo(last.knn, 6);
  });

  it("keeps what it has when an image turns out to be corrupt, and names the file", () => {
    const broken = copyImages(data.train, path.join(folder, "broken"), 12);
    const victim = path.join(broken, readdirSync(broken)[0]!, "broken.jpg");
    writeFileSync(
      victim,
      readFileSync(
        path.join(
          broken,
          readdirSync(broken)[1]!,
          readdirSync(path.join(broken, readdirSync(broken)[1]!))[0]!,
        ),
      ).subarray(0, 400),
    );
    const { code, out, err } = tssl(
      "train",
      EXAMPLE,
      "--out",
      "corrupt",
      ...smallAndEager({ "data.train": broken, "data.test": null, "data.maxCorruptShare": 0, epochs: 30 }),
    );
    expect(code).toBe(1);
    expect(out).toContain(victim);
    expect(out).toContain(
      "maxCorruptShare allows no corrupt file. To let more pass, raise data.maxCorruptShare.",
    );
    expect(out + err).not.toMatch(/\n {4}at /);
    expect(existsSync(path.join(folder, "corrupt/report.html"))).toBe(true);
  });

  it("about a run folder that is in use, or is none", () => {
    expect(tssl("train", EXAMPLE, "--out", ".", ...small()).err).toMatch(
      /must be a new or empty folder, and it holds \d+ entries/,
    );
    expect(tssl("evaluate", "knn", "train").err).toMatch(
      /^Error: train has no config\.yaml, which a run writes when it starts\./,
    );
    expect(tssl("evaluate", "knn", "first", "--checkpoint", "last").err).toBe(
      `Error: first has no checkpoint "last". It has step-0000006.\n(CHECKPOINT, see tssl explain ` +
        `CHECKPOINT)\n`,
    );
  });
});
