import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import type { Comparison, ComparisonVerdict } from "@tssl/report";
import { cifar10Subset } from "@tssl/demo-data";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { type Ended, MAIN } from "../built-program.test.data.ts";

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-compare-"));
  for (const [split, from] of Object.entries(await cifar10Subset())) {
    for (const name of readdirSync(from).slice(0, 3)) {
      mkdirSync(path.join(folder, split, name), { recursive: true });
      for (const file of readdirSync(path.join(from, name)).slice(0, 8)) {
        symlinkSync(path.join(from, name, file), path.join(folder, split, name, file));
      }
    }
  }
  const config = (method: string, epochs: number) => `
data: { train: ./train, test: ./test }
imageSize: 32
epochs: ${epochs}
batchSize: 8
encoder: { use: resnet20, widths: [4, 4, 8] }
plugins: [${method}]
optimizer: { use: sgd, lr: 0.06 }
evaluation: { k: 5, everyEpochs: 1000 }
engine: { mode: eager } # nothing to compile in these few steps
`;
  const moco = "{ use: moco, queueSize: 16, dim: 8 }";
  writeFileSync(path.join(folder, "moco.yaml"), config(moco, 2));
  writeFileSync(path.join(folder, "clsa.yaml"), config(`${moco}, { use: clsa }`, 2));
  writeFileSync(path.join(folder, "long.yaml"), config(moco, 8));
  writeFileSync(path.join(folder, "wrong.yaml"), config(`${moco}, { use: clsa, betta: 1 }`, 2));
});

/** Several processes, each of which loads TensorFlow's library. */
const SEVERAL_PROCESSES = 180_000;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * Runs `tssl compare …`, and sends it a signal, by default Ctrl-C's, once it has told something that matches.
 */
function compare(
  args: readonly string[],
  stopAt?: RegExp,
  signal: NodeJS.Signals = "SIGINT",
): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, "compare", ...args], { cwd: folder });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => {
    err += chunk.toString();
    if (stopAt?.test(err) === true) {
      child.kill(signal);
      stopAt = undefined;
    }
  });
  return new Promise((resolve) => child.on("exit", (code) => resolve({ code, out, err })));
}

/** The files in a folder of folders. */
const filesIn = (place: string): readonly string[] =>
  readdirSync(place).flatMap((name) =>
    readdirSync(path.join(place, name)).map((file) => path.join(place, name, file)),
  );

interface Row {
  step: number;
  values: Record<string, number>;
}
const metrics = (run: string): Row[] =>
  readFileSync(path.join(folder, run, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);

describe("tssl compare", { timeout: SEVERAL_PROCESSES }, () => {
  it("trains two configs from the same start on the same images, and compares them", async () => {
    const { code, out, err } = await compare(["moco.yaml", "clsa.yaml", "--seeds", "2", "--out", "two"]);
    expect(err).toContain("[3/4] moco, seed 1\n");
    expect(code).toBe(0);
    expect(out).toMatch(/^kNN accuracy +seed 0 +seed 1 +mean +std +minus moco\nmoco .*\nclsa .*\n/);
    expect(out).toMatch(/^Peak memory +seed 0.*\nmoco +[\d.]+ [MG]iB/m);

    for (const seed of [0, 1]) {
      const [, first] = metrics(`two/moco/seed-${seed}`);
      const [, otherFirst] = metrics(`two/clsa/seed-${seed}`);
      // The same views through the same weights: the same loss, before the optimizer has moved anything.
      expect(otherFirst!.values["moco/infoNce"]).toBe(first!.values["moco/infoNce"]);
    }
    expect(metrics("two/moco/seed-1")[1]!.values["loss"]).not.toBe(
      metrics("two/moco/seed-0")[1]!.values["loss"],
    );

    const saved = JSON.parse(readFileSync(path.join(folder, "two/comparison.json"), "utf8")) as Comparison & {
      command: string;
      verdict: ComparisonVerdict;
    };
    expect(saved.command).toBe("tssl compare moco.yaml clsa.yaml --seeds 2 --out two");
    const knn = saved.quantities[0]!;
    expect(knn.name).toBe("knn");
    expect(knn.variants[1]!.values).toEqual(
      [0, 1].map((seed) => metrics(`two/clsa/seed-${seed}`).at(-1)!.values["knn"]),
    );
    expect(saved.quantities.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["loss", "clsa/ddm", "moco/infoNce", "seconds", "peakMemoryBytes"]),
    );
    expect(knn.variants[1]!.difference).toBeDefined();
    expect(saved.variants[1]!.runs[0]!.curves!["loss"]!.epochs).toEqual([1, 2]);
    expect(out).toContain(`\n\n${saved.verdict.headline}\n`);
    const page = readFileSync(path.join(folder, "two/comparison.html"), "utf8");
    expect(page).toContain("4 of 4 runs finished");
    expect(page).toContain('href="clsa/seed-1/report.html"');
    expect(existsSync(path.join(folder, "two/clsa/seed-1/report.html"))).toBe(true);

    const changed = await compare(["moco.yaml", "clsa.yaml", "--set", "epochs=3", "--out", "two"]);
    expect(changed).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /variants\.0\.overrides\.0 was absent, is "epochs=3".*\n\(RUN_FOLDER, /,
      ) as string,
    });
  });

  it("stops after the step under way, and goes on where it stopped", { tags: "long" }, async () => {
    const args = ["long.yaml", "--vary", "optimizer.lr=0.01,0.02", "--seeds", "1", "--out", "stopped"];
    const stopped = await compare(args, /\[2\/2\][^]*epoch 1 /);
    expect(stopped.code).toBe(130);
    expect(stopped.err).toContain(
      "To continue:\n  tssl compare long.yaml --vary optimizer.lr=0.01,0.02 --seeds 1 --out stopped\n",
    );
    expect(stopped.out).toContain("optimizer.lr=0.02, seed 0: interrupted: stopped by the user");
    const outcome = (lr: string) => path.join(folder, `stopped/optimizer.lr=${lr}/seed-0/outcome.json`);
    expect(readFileSync(outcome("0.02"), "utf8")).toContain('"interrupted"');
    const finishedAt = statSync(outcome("0.01")).mtimeMs;

    const resumed = await compare(args);
    expect(resumed.err).toContain("[1/2] optimizer.lr=0.01, seed 0: finished before\n");
    expect(resumed.err).toMatch(
      /\[2\/2\] optimizer\.lr=0\.02, seed 0: continues\n[^]*continuing after step [1-9]/,
    );
    expect(resumed.code).toBe(0);
    expect(statSync(outcome("0.01")).mtimeMs).toBe(finishedAt);
    expect(readFileSync(outcome("0.02"), "utf8")).toContain('"finished"');
  });

  it("lets runs that go on find the changes that are allowed", { tags: "long" }, async () => {
    const set = ["--set", "checkpoint.everySteps=3", "--set", "data.train=./changing"];
    const args = [
      "moco.yaml",
      "--vary",
      "optimizer.lr=0.01,0.02",
      "--seeds",
      "1",
      ...set,
      "--out",
      "allowed",
    ];
    cpSync(path.join(folder, "train"), path.join(folder, "changing"), { recursive: true });
    expect((await compare(args)).code).toBe(0);
    const run = (lr: string) => path.join(folder, `allowed/optimizer.lr=${lr}/seed-0`);
    rmSync(path.join(run("0.02"), "outcome.json")); // as if it had been killed before its last step
    for (const end of ["json", "safetensors"])
      rmSync(path.join(run("0.02"), `checkpoints/step-0000006.${end}`));
    rmSync(filesIn(path.join(folder, "changing"))[0]!);

    const refused = await compare(args);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("Undo it, or allow it: --allow-change images.train\n");
    const allowed = await compare([...args, "--allow-change", "images.train"]);
    expect(allowed.err).toMatch(
      /\[2\/2\] optimizer\.lr=0\.02, seed 0: continues\n[^]*continuing after step 3/,
    );
    expect(allowed.code).toBe(0);
    const { command } = JSON.parse(readFileSync(path.join(folder, "allowed/comparison.json"), "utf8")) as { command: string }; // prettier-ignore
    expect(command).toContain(" --allow-change images.train --out allowed");
  });

  it("leaves no training behind when it is killed", { tags: "long" }, async () => {
    const args = ["long.yaml", "--vary", "optimizer.lr=0.01,0.02", "--set", "epochs=1000", "--out", "killed"];
    const killed = await compare(args, /epoch 1 /, "SIGKILL");
    expect(killed.code).toBeNull();
    const outcome = path.join(folder, "killed/optimizer.lr=0.01/seed-0/outcome.json");
    await vi.waitFor(() => expect(readFileSync(outcome, "utf8")).toContain('"interrupted"'), 30_000);
  });

  it("goes on after a run that fails, says which, and evaluates the others", { tags: "long" }, async () => {
    const vary = ["moco.yaml", "--vary", "plugins.moco.temperature=1e-30,0.1"];
    const { code, out } = await compare([...vary, "--seeds", "1", "--out", "failed", "--linear", "--json"]);
    expect(code).toBe(1);
    const { variants } = JSON.parse(out) as Comparison;
    expect(variants[0]!.runs[0]).toMatchObject({ seed: 0, folder: "moco.temperature=1e-30/seed-0", status: "failed" }); // prettier-ignore
    expect(variants[1]!.runs[0]!.status).toBe("finished");
    const kept = path.join(folder, "failed/moco.temperature=0.1/seed-0/evaluations");
    const [linear] = readdirSync(kept);
    const { results, untrained } = JSON.parse(readFileSync(path.join(kept, linear!), "utf8")) as {
      results: [{ top1: number }];
      untrained?: unknown;
    };
    const [{ top1 }] = results;
    expect(untrained).toBeUndefined();
    expect(variants[1]!.runs[0]!.measured["linear"]).toBe(top1);
  });

  it(
    "ends with the first run that cannot begin, and leaves its folder to the corrected command",
    { tags: "long" },
    async () => {
      const args = ["moco.yaml", "clsa.yaml", "--seeds", "1", "--out", "corrected", "--set", "epochs=1"];
      const wrong = await compare([...args, "--set", "data.test=./nowhere"]);
      expect(wrong.code).toBe(1);
      expect(wrong.err.match(/must be a folder of images/g)).toHaveLength(1);
      expect(wrong.err).toContain(
        "The run of moco, seed 0 could not begin, which ends the comparison. Nothing was written.\n",
      );
      expect(existsSync(path.join(folder, "corrected"))).toBe(false);
      expect((await compare([...args, "--set", "data.test=./test"])).code).toBe(0);
    },
  );

  it("refuses wrong configs before anything runs, with the path of each mistake", async () => {
    const { code, err } = await compare(["moco.yaml", "wrong.yaml", "--out", "never"]);
    expect(code).toBe(2);
    expect(err).toMatch(
      /^Error: wrong: wrong\.yaml has 1 problem:\n {2}- plugins\.clsa\.betta: unknown option\. Did you mean "beta"\?/,
    );
    expect(existsSync(path.join(folder, "never"))).toBe(false);
  });
});
