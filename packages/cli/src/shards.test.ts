import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { type RangeServer, serveFolder } from "@tssl/augment-zoo/testing";
import { type RunObserver, runTraining } from "@tssl/core/run";
import { cacheFolder } from "@tssl/engine";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { warmTsslIn } from "./built-program.test.data.ts";
import { compositions, smallRun } from "./compositions.test.data.ts";
import { copyTrainAndTest } from "./few-images.test.data.ts";
import { resolveConfig } from "./read-run-config.ts";
import { mustBeASize } from "./messages/option-values.ts";
import { outcomeOf } from "./run-numbers.test.data.ts";

let folder: string;
const inFolder = (...parts: string[]) => path.join(folder, ...parts);

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-shards-"));
  await copyTrainAndTest(folder);
  mkdirSync(inFolder("cache"));
  symlinkSync(path.join(cacheFolder(), "engine"), inFolder("cache/engine"));
  vi.stubEnv("TSSL_CACHE", inFolder("cache"));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const tssl = (...args: string[]) => warmTsslIn(folder, args);

async function train(
  out: string,
  data: { train: string; test: string },
  { stopAfter, resume = false }: { stopAfter?: number; resume?: boolean } = {},
) {
  const controller = new AbortController();
  const observer: RunObserver = {
    onStep: ({ step }) => (step + 1 === stopAfter ? controller.abort() : undefined),
  };
  const { config } = compositions.find(({ name }) => name === "moco + clsa")!;
  const encoder = { use: "resnet20", widths: [4, 4, 8] };
  return runTraining({
    config: await resolveConfig({ ...smallRun(data, encoder), ...config }, folder, "test"),
    out: inFolder(out),
    observers: [observer],
    signal: controller.signal,
    ...(resume ? { resume: { allowedChanges: [] } } : {}),
  });
}

describe("tssl pack", () => {
  it("packs a folder, says what to write into a config, and refuses to do it twice", () => {
    const { code, out, err } = tssl("pack", "train", "--out", "shards", "--per-shard", "20");
    expect(err).toMatch(/^train-000\.tar of 3: 20 images, 0\.1 MB\ntrain-001\.tar of 3: 20 images/);
    expect(out).toBe("48 images of 4 classes in 3 shards: shards/train-{000..002}.tar\n");
    expect(code).toBe(0);
    expect(tssl("pack", "test", "--out", "shards").out).toBe(
      "20 images of 4 classes in 1 shard: shards/test-000.tar\n",
    );
    expect(readdirSync(inFolder("shards"))).toEqual([
      "classes.json",
      "test-000.tar",
      "train-000.tar",
      "train-001.tar",
      "train-002.tar",
    ]);
    const twice = tssl("pack", "train", "--out", "shards");
    expect(twice.err).toContain("Error: shards/train-000.tar exists already.");
    expect(twice.code).toBe(1);
  });

  it.each([
    [["train"], "required option '--out <folder>' not specified"],
    [["train", "--out", "x", "--shard-size", "500"], mustBeASize().message],
    [["train", "--out", "x", "--shard-size", "1MB", "--per-shard", "3"], "cannot be used with option"],
  ])("refuses %j", (args, message) => {
    const { code, err } = tssl("pack", ...args);
    expect(err).toContain(message);
    expect(code).toBe(2);
  });
});

describe("training on shards", () => {
  const shards = () => ({ train: "shards/train-{000..002}.tar", test: "shards/test-000.tar" });

  it("gives the numbers and the weights of training on the folder that was packed", async () => {
    const ofFolder = await train("of-folder", { train: "train", test: "test" });
    expect(ofFolder.status).toBe("finished");
    expect(ofFolder.evaluations.length).toBeGreaterThan(1);
    await train("of-shards", shards());
    const [want, got] = ["of-folder", "of-shards"].map((run) => outcomeOf(inFolder(run)));
    expect(got!.rows).toEqual(want!.rows);
    expect(got!.last!.values).toBe(want!.last!.values);
  });

  describe("on a server whose every ninth answer breaks off", () => {
    let server: RangeServer;
    beforeAll(async () => {
      server = await serveFolder(folder);
      server.breakEvery = 9;
    });
    afterAll(() => server.close());

    it("gives these numbers too, also after a stop", { tags: "long" }, async () => {
      const { train: range, test } = shards();
      const remote = { train: `${server.address}/${range}`, test: `${server.address}/${test}` };
      expect(await train("remote", remote, { stopAfter: 5 })).toMatchObject({
        status: "interrupted",
        steps: 5,
      });
      await train("remote", remote, { resume: true });
      expect(server.asked.length).toBeGreaterThan(20); // two of them and more broke off
      const [want, got] = ["of-shards", "remote"].map((run) => outcomeOf(inFolder(run)));
      expect(got!.rows).toEqual(want!.rows);
      expect(got!.last!.values).toBe(want!.last!.values);
    });
  });

  it("goes on after a stop to the same numbers, and refuses other shards", { tags: "long" }, async () => {
    expect(await train("parts", shards(), { stopAfter: 5 })).toMatchObject({
      status: "interrupted",
      steps: 5,
    });
    await train("parts", shards(), { resume: true });
    expect(outcomeOf(inFolder("parts"))).toEqual(outcomeOf(inFolder("of-shards")));

    await train("changed", shards(), { stopAfter: 5 });
    const removed = readdirSync(inFolder("train/bird")).sort()[0]!;
    rmSync(inFolder("train/bird", removed));
    for (const name of readdirSync(inFolder("shards")).filter((each) => each.startsWith("train-"))) {
      rmSync(inFolder("shards", name));
    }
    expect(tssl("pack", "train", "--out", "shards", "--per-shard", "20").code).toBe(0);
    await expect(train("changed", shards(), { resume: true })).rejects.toThrow(
      `images.train: 1 file removed (bird/${removed})`,
    );
  });

  it("is evaluated on shards or folders alike", { tags: "long" }, () => {
    const confusion = (...args: string[]) => {
      const { out, err, code } = tssl("evaluate", "knn", "of-folder", "--json", ...args);
      expect(err).not.toContain("Error");
      expect(code).toBe(0);
      return (JSON.parse(out) as { confusion: number[][] }).confusion;
    };
    const ofFolders = confusion();
    expect(confusion("--train", "shards/train-{000..002}.tar", "--test", "shards/test-000.tar")).toEqual(
      ofFolders,
    );
  });
});
