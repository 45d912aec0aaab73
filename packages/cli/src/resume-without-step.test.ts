import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { type RunObserver, runTraining } from "@tssl/core/run";
import { smallConvNet } from "@tssl/core/testing";
import { reportWriter } from "@tssl/report";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { smallRun } from "./compositions.test.data.ts";
import { copyTrainAndTest } from "./few-images.test.data.ts";
import { resolveConfig } from "./read-run-config.ts";

let folder: string;
let data: { train: string; test: string };
const within = (name: string) => path.join(folder, name);

/** Four epochs of three steps, or as `change` says. */
async function train(
  out: string,
  { change = {}, resume = true, ...options }: TrainedPart = {},
): Promise<Awaited<ReturnType<typeof runTraining>>> {
  const config = {
    ...smallRun(data, { use: smallConvNet }),
    plugins: [{ use: "simclr", dim: 8 }],
    optimizer: { use: "sgd", lr: 0.06 },
    ...change,
  };
  const { observer = {}, signal } = options;
  return runTraining({
    config: await resolveConfig(config, ".", "test"),
    out: within(out),
    observers: [observer, reportWriter()],
    ...(signal === undefined ? {} : { signal }),
    ...(resume ? { resume: { allowedChanges: Object.keys(change) } } : {}),
  });
}

interface TrainedPart {
  readonly change?: Record<string, unknown>;
  readonly resume?: boolean;
  readonly observer?: RunObserver;
  readonly signal?: AbortSignal;
}

/** Every file of a run with its bytes. */
const filesOf = (run: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(within(run), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [path.relative(within(run), file), readFileSync(file, "latin1")]),
  );

const FASTER = { optimizer: { use: "sgd", lr: 0.1 } };

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-no-step-"));
  data = await copyTrainAndTest(folder);
  await train("finished", { resume: false });
  const controller = new AbortController();
  const observer = { onStep: ({ step }: { step: number }) => (step === 3 ? controller.abort() : undefined) };
  await train("stopped", { resume: false, observer, signal: controller.signal });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a finished run that is resumed", () => {
  it("returns its outcome, and writes nothing", async () => {
    const before = filesOf("finished");
    const notices: string[] = [];
    const outcome = await train("finished", { observer: { onNotice: (text) => void notices.push(text) } });
    expect(outcome).toMatchObject({ status: "finished", steps: 12, folder: within("finished") });
    expect(outcome.evaluations).toHaveLength(3);
    expect(notices).toEqual([
      `${within("finished")} has finished: all 12 steps are taken. Nothing was trained or changed.`,
    ]);
    expect(filesOf("finished")).toEqual(before);
  });

  it.each([
    [FASTER, 12, [{ path: "optimizer.lr", text: "was 0.06, is 0.1" }]],
    [{ epochs: 1 }, 3, [{ path: "epochs", text: "was 4, is 1" }]],
  ])("refuses %j, which it would not train with, and writes nothing", async (change, totalSteps, changes) => {
    const before = filesOf("finished");
    await expect(train("finished", { change })).rejects.toMatchObject({
      code: "CHECKPOINT",
      data: { folder: within("finished"), steps: 12, totalSteps, epochs: 5, changes },
    });
    expect(filesOf("finished")).toEqual(before);
  });
});

describe("a resume that ends before its first step leaves every file as it was", () => {
  it("where it fails, with a changed config that was saved already", async () => {
    const before = filesOf("stopped");
    const saved: string[] = [];
    const observer: RunObserver = {
      onCheckpoint: (name) => void saved.push(name),
      onForecast: () => {
        throw new Error("no memory");
      },
    };
    const outcome = await train("stopped", { change: FASTER, observer });
    expect(outcome).toMatchObject({ status: "failed", reason: "no memory", steps: 4 });
    expect(saved).toEqual(["step-0000004"]);
    expect(filesOf("stopped")).toEqual(before);
  });

  it("where it is stopped, and then trains on from there", async () => {
    const before = filesOf("stopped");
    const stopped = await train("stopped", { signal: AbortSignal.abort() });
    expect(stopped).toMatchObject({ status: "interrupted", steps: 4 });
    expect(filesOf("stopped")).toEqual(before);
    expect(await train("stopped")).toMatchObject({ status: "finished", steps: 12 });
  });
});
