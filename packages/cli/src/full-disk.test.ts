import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { type RunObserver, runTraining } from "@tssl/core/run";
import { smallConvNet } from "@tssl/core/testing";
import { reportWriter } from "@tssl/report";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { compositions, smallRun } from "./compositions.test.data.ts";
import { copyTrainAndTest } from "./few-images.test.data.ts";
import { resolveConfig } from "./read-run-config.ts";
import { outcomeOf } from "./run-numbers.test.data.ts";

let folder: string;
let disk: string;
let mounted: boolean;
let data: { train: string; test: string };

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-disk-"));
  disk = path.join(folder, "disk");
  mkdirSync(disk);
  data = await copyTrainAndTest(folder);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", disk], { stdio: "ignore" });
    mounted = true;
  } catch {
    mounted = false;
  }
});
afterEach(() => {
  if (mounted) execFileSync("umount", [disk]);
  rmSync(folder, { recursive: true, force: true });
});

const train = async (out: string, observer: RunObserver, resume = false) =>
  runTraining({
    config: await resolveConfig(
      { ...smallRun(data, { use: smallConvNet }), ...compositions[0]!.config, checkpoint: { everySteps: 2 } },
      ".",
      "test",
    ),
    out,
    observers: [observer, reportWriter()],
    ...(resume ? { resume: { allowedChanges: [] } } : {}),
  });

const fill = () => {
  try {
    writeFileSync(path.join(disk, "ballast"), Buffer.alloc(8 * 2 ** 20));
  } catch {
    // Full, as it should be.
  }
};
const clear = () => rmSync(path.join(disk, "ballast"));

describe("a disk that is full", () => {
  it("for a while costs nothing but the checkpoints of that time", { tags: "long" }, async (test) => {
    if (!mounted) return test.skip("only root can mount a disk");
    const notices: string[] = [];
    const run = path.join(disk, "run");
    let checkpointsWhileFull: string[] = [];
    const outcome = await train(run, {
      onNotice: (notice) => void notices.push(notice),
      onStep({ step }) {
        if (step === 3) fill();
        if (step === 8) {
          checkpointsWhileFull = readdirSync(path.join(run, "checkpoints")).sort();
          clear();
        }
      },
    });
    expect(outcome.status).toBe("finished");
    expect(checkpointsWhileFull).toEqual(["step-0000002.json", "step-0000002.safetensors"]);
    // Whether a row of metrics finds room in the file's last block depends on its length.
    expect(notices.filter((notice) => !notice.includes("metrics are kept in memory"))).toEqual([
      "The disk is full: step-0000004 could not be saved. The newest checkpoint is step-0000002. Training continues, and saves again at the next checkpoint.",
      "The disk is full: step-0000006 could not be saved. The newest checkpoint is step-0000002. Training continues, and saves again at the next checkpoint.",
    ]);

    const roomy = path.join(folder, "roomy");
    await train(roomy, {});
    const [small, wanted] = [outcomeOf(run), outcomeOf(roomy)];
    expect([small.rows, small.last]).toEqual([wanted.rows, wanted.last]); // the best could not be saved
  });

  it("at the end fails the run, which goes on once there is room", async (test) => {
    if (!mounted) return test.skip("only root can mount a disk");
    const run = path.join(disk, "run");
    const notices: string[] = [];
    const failed = await train(run, {
      onNotice: (notice) => void notices.push(notice),
      onStep: ({ step }) => (step === 9 ? fill() : undefined),
    });
    expect([failed.status, failed.reason]).toEqual([
      "failed",
      "the disk is full, and the end of the run could not be saved",
    ]);
    expect(notices.slice(-2)).toEqual([
      "The disk is full: the report could not be written.",
      "The disk is full: outcome.json could not be written.",
    ]);
    clear();
    expect((await train(run, {}, true)).status).toBe("finished");
    const roomy = path.join(folder, "roomy");
    await train(roomy, {});
    expect(outcomeOf(run)).toEqual(outcomeOf(roomy));
  });
});
