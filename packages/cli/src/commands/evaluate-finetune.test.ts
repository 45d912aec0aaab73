import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"; // prettier-ignore
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Ended, MAIN, warmTsslIn } from "../built-program.test.data.ts";
import { EXAMPLE, smallExample } from "../example-run.test.data.ts";
import { copyTrainAndTest } from "../few-images.test.data.ts";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-finetune-"));
  const data = await copyTrainAndTest(folder);
  tssl(
    ...["train", EXAMPLE, "--out", "run"],
    ...smallExample(data, { epochs: 1, "checkpoint.everySteps": 1 }), // as often fine-tuning saves its state
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tssl = (...args: string[]) => warmTsslIn(folder, args);
const tune = (...more: string[]) =>
  tssl("evaluate", "finetune", "run", "--epochs", "2", "--batch-size", "16", ...more);

/** Fine-tunes in a process of its own, until so many trainings have kept something; then it gets a signal. */
function tuneUntil(trainings: number, signal: NodeJS.Signals, ...more: string[]): Promise<Ended> {
  const args = ["evaluate", "finetune", "run", "--batch-size", "16", ...more];
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder });
  const evaluations = path.join(folder, "run/evaluations");
  const isThere = (name: string) => existsSync(path.join(evaluations, name, "state.json"));
  const watching = setInterval(() => {
    if (readdirSync(evaluations).filter(isThere).length < trainings) return;
    clearInterval(watching);
    child.kill(signal);
  }, 5);
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve) =>
    child.on("close", (code) => {
      clearInterval(watching);
      resolve({ code, out, err });
    }),
  );
}

/** Several processes, each of which loads TensorFlow's library. */
const LONG = { tags: "long", timeout: 240_000 };

interface Result {
  readonly fraction: number;
  readonly trainImages: number;
  readonly trunkRate: number;
  readonly headRate: number;
  readonly trainLoss: number;
  readonly top1: number;
}
interface Found {
  readonly results: readonly Result[];
  readonly untrained?: readonly Result[];
}

describe("tssl evaluate finetune", () => {
  it("trains with the shares that leave an image of each class, against the network from scratch", () => {
    const { code, out } = tune();
    expect(code).toBe(0);
    expect(out).toContain(
      "step-0000003: fine-tuned for 2 epochs, batch 16, seed 0; from scratch with lr 0.1; 20 test images\n",
    );
    expect(out).toMatch(/^labels +images +lr +head lr +top-1 +per class +train loss +from scratch +gain\n10\.0 % +4 .*\n100\.0 % +48 /m); // prettier-ignore
    expect(out.match(/^With (10\.0|100\.0) % of the labels .*\.$/gm)).toHaveLength(2);
  });

  it("is the same again with one seed, kept in the run folder, and shown by inspect and report", () => {
    const json = (...more: string[]) => {
      const { code, out, err } = tune(
        "--fraction",
        "1",
        "--lr-trunk",
        "0.05",
        "--lr-head",
        "0.3",
        "--json",
        ...more,
      );
      expect([code, err.includes("Error")]).toEqual([0, false]);
      return JSON.parse(out) as Found;
    };
    const found = json();
    expect(found.results[0]).toMatchObject({ fraction: 1, trainImages: 48, trunkRate: 0.05, headRate: 0.3 });
    expect(found.untrained![0]).toMatchObject({ trunkRate: 0.1, headRate: 0.1 });
    expect(json()).toEqual(found);
    const other = json("--seed", "5", "--no-baseline");
    expect(other.untrained).toBeUndefined();
    expect(other.results[0]!.trainLoss).not.toBe(found.results[0]!.trainLoss);

    const name = "fine-tuned, 2 epochs, batch 16, learning rates 0.05 and 0.3, from scratch 0.1, seed 0";
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
    const [trained, scratch] = [percent(found.results[0]!.top1), percent(found.untrained![0]!.top1)];
    expect(tssl("inspect", "run").out).toContain(`${name} at epoch 1: ${trained}, ${scratch} untrained (48 `);
    expect(tssl("report", "run").code).toBe(0);
    expect(readFileSync(path.join(folder, "run/report.html"), "utf8")).toContain(
      `<th scope="row">${name}<br />`,
    );
  });

  it("goes on where it was stopped or killed, with the numbers of an undisturbed one", LONG, async () => {
    const args = ["--epochs", "12", "--fraction", "0.5,1", "--json"];
    const undisturbed = tune(...args);
    expect(readdirSync(path.join(folder, "run/evaluations")).filter((name) => name.startsWith("un"))).toEqual([]); // prettier-ignore

    const killed = await tuneUntil(2, "SIGKILL", ...args);
    expect(killed).toMatchObject({ code: null, out: "" });
    const stopped = await tuneUntil(4, "SIGINT", ...args);
    expect(stopped).toMatchObject({ code: 130, out: "" });
    expect(stopped.err).toContain("An earlier call has trained with 50.0 % of the labels ");
    expect(stopped.err).toContain("Stopped. The same command goes on from here.\n");

    const end = tune(...args);
    expect([end.code, end.out]).toEqual([0, undisturbed.out]);
    expect(end.err).toContain("An earlier call has trained with 50.0 % of the labels to the end; its result is taken.\n"); // prettier-ignore
    expect(end.err).toMatch(/^An earlier call has trained from scratch with .* this one goes on\.$/m);
    expect(readdirSync(path.join(folder, "run/evaluations")).filter((name) => name.startsWith("un"))).toEqual([]); // prettier-ignore
  });

  it("trains without keeping its state where that cannot be written, and says so", () => {
    const blocked = path.join(folder, "blocked");
    cpSync(path.join(folder, "run"), blocked, { recursive: true });
    rmSync(path.join(blocked, "evaluations"), { recursive: true, force: true });
    writeFileSync(path.join(blocked, "evaluations"), "no folder");
    const { code, err } = tssl("evaluate", "finetune", "blocked", "--epochs", "1", "--no-baseline");
    expect(code).toBe(0);
    expect(err.match(/^The state of the training cannot be kept \(EEXIST/gm)).toHaveLength(1);
  });

  it("keeps what was measured where training from scratch fails", () => {
    const { code, out, err } = tune("--fraction", "1", "--lr-scratch", "1e38");
    expect(code).toBe(0);
    expect(err).toContain(
      "The untrained encoder could not be measured, so there is no baseline: The loss of ",
    );
    expect(out).toMatch(/^100\.0 % +48 .* – +–$/m);
  });

  it("says what is wrong before it trains", () => {
    const { code, err } = tune("--fraction", "0.01");
    expect(code).toBe(2);
    expect(err).toContain("fraction must be at least 0.083 (one image for each of 4 classes, of 48)");
    expect(tune("--lr-head", "0").code).toBe(2);
  });
});
