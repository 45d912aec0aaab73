import { readFile, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { fingerprintFrom, keepList, LARGE_SET, marksOf } from "../data/fingerprint.ts";
import { otherEnvironment } from "../messages/notices.ts";
import { refusedWith } from "../testing/refusal.ts";
import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import { checkpointName, saveCheckpoint } from "./checkpoint.ts";
import { folderCheckpoints } from "./checkpoint-store.ts";
import { aCheckpoint } from "./checkpoint.test.data.ts";
import { describeEnvironmentChange, findResumePoint, progressAt } from "./resume.ts";
import { createRunFolder, writeImages } from "./run-folder.ts";
import { imageDigests, type RunIdentity } from "./run-identity.ts";

const identity: RunIdentity = {
  config: { epochs: 2, plugins: [{ use: "moco", dim: 8 }], optimizer: { use: "sgd", lr: 0.06 } },
  images: {
    train: fingerprintFrom({ "cat/a.jpg": `1:${"a".repeat(16)}`, "dog/b.jpg": `1:${"b".repeat(16)}` }),
  },
  plugins: ["moco"],
  code: [],
  versions: { tssl: "0.1.0", plugins: { moco: 1 } },
};
const changed = {
  plugins: ["moco"],
  code: [],
  config: { ...identity.config, optimizer: { use: "sgd", lr: 0.03 } },
  images: {
    train: fingerprintFrom({ "cat/a.jpg": `2:${"a".repeat(16)}`, "cat/c.jpg": `1:${"c".repeat(16)}` }),
  },
  versions: { tssl: "0.1.0", plugins: { moco: 2 } },
};

let folder: TemporaryFolder;
const save = (step: number, { config, versions, images }: RunIdentity = identity) =>
  saveCheckpoint(
    path.join(folder.path, "checkpoints"),
    checkpointName(step),
    { weight: { shape: [1], data: Float32Array.of(step) } },
    aCheckpoint({ config, versions, step, images: imageDigests(images) }),
  );
const checkpoints = () => folderCheckpoints(path.join(folder.path, "checkpoints"));
const find = async (now: RunIdentity = identity, allowed: readonly string[] = []) => {
  const notices: string[] = [];
  const point = await findResumePoint(folder.path, {
    checkpoints: checkpoints(),
    identity: now,
    allowed,
    complete: (earlier) => earlier,
    tell: (notice) => notices.push(notice),
  });
  return { ...point, notices };
};
const file = (name: string) => path.join(folder.path, "checkpoints", name);

beforeEach(async () => {
  folder = await temporaryFolder();
  await (
    await createRunFolder(folder.path, { ...identity, checkpoints: checkpoints(), onDiskFull: () => {} })
  ).metrics.close();
});
afterEach(() => folder.remove());

describe("a run goes on", () => {
  it("from its newest checkpoint", async () => {
    await save(3);
    await save(12);
    const { checkpoint, changes, notices } = await find();
    expect([checkpoint!.name, changes, notices]).toEqual(["step-0000012", [], []]);
  });

  it("from the one before where the newest is damaged, and says so", async () => {
    for (const step of [1, 2, 3]) await save(step);
    await truncate(file("step-0000003.json"), 50);
    await truncate(file("step-0000002.safetensors"), 50);
    const { checkpoint, damaged, notices } = await find();
    expect(checkpoint!.name).toBe("step-0000001");
    expect(damaged).toEqual(["step-0000003", "step-0000002"]);
    expect(notices[0]).toContain(`${file("step-0000003.json")} is not a valid checkpoint: `);
    expect(notices[1]).toMatch(
      /step-0000002\.safetensors has 50 bytes of \d+\. Using the checkpoint before it\.$/,
    );
  });

  it("from the beginning where there is no checkpoint yet, held to its config and images all the same", async () => {
    expect(await find()).toEqual({ damaged: [], changes: [], notices: [] });
    expect(await refusedWith(() => find(changed))).toEqual({
      code: "CHECKPOINT",
      data: {
        file: folder.path,
        changes: [
          { path: "optimizer.lr", text: "was 0.06, is 0.03" },
          {
            path: "images.train",
            text: "1 file added (cat/c.jpg), 1 removed (dog/b.jpg), 1 changed (cat/a.jpg)",
          },
        ],
      },
    });
  });
});

describe("a change", () => {
  beforeEach(() => save(12));

  it("is refused with all that was and is", async () => {
    expect(await refusedWith(() => find(changed))).toEqual({
      code: "CHECKPOINT",
      data: {
        file: file("step-0000012"),
        changes: [
          { path: "optimizer.lr", text: "was 0.06, is 0.03" },
          {
            path: "images.train",
            text: "1 file added (cat/c.jpg), 1 removed (dog/b.jpg), 1 changed (cat/a.jpg)",
          },
          { path: "versions.plugins.moco", text: "was 1, is 2" },
        ],
      },
    });
  });

  it("that is named goes through, and no other with it", async () => {
    expect(await refusedWith(() => find(changed, ["optimizer", "versions"]))).toEqual({
      code: "CHECKPOINT",
      data: {
        file: file("step-0000012"),
        changes: [
          {
            path: "images.train",
            text: "1 file added (cat/c.jpg), 1 removed (dog/b.jpg), 1 changed (cat/a.jpg)",
          },
        ],
      },
    });
    const { changes } = await find(changed, ["optimizer.lr", "images", "versions.plugins.moco"]);
    expect(changes.map(({ path: place }) => place)).toEqual(["optimizer.lr", "images.train", "versions.plugins.moco"]); // prettier-ignore
  });

  it("of a plugin's option is named by the plugin or by its place", async () => {
    const larger = { ...identity, config: { ...identity.config, plugins: [{ use: "moco", dim: 16 }] } };
    expect(await refusedWith(() => find(larger))).toMatchObject({
      data: { changes: [{ path: "plugins.moco.dim", text: "was 8, is 16" }] },
    });
    for (const path of ["plugins.moco.dim", "plugins.0.dim", "plugins[0]"]) {
      expect((await find(larger, [path])).changes).toHaveLength(1);
    }
  });

  it("of the place of the same images is none; other images at another place are one each", async () => {
    const at = (train: string) => ({ ...identity, config: { ...identity.config, data: { train } } });
    await save(13, at("/before"));
    expect((await find(at("/now"))).changes).toEqual([]);
    const others = { ...at("/now"), images: changed.images };
    expect((await find(others, ["images", "data"])).changes.map(({ path: place }) => place)).toEqual([
      "data.train",
      "images.train",
    ]);
  });

  it("of images is seen where their list is lost, by digest", async () => {
    const list = path.join(folder.path, "images.json");
    await writeFile(list, "{");
    expect(await refusedWith(() => find(changed))).toMatchObject({
      code: "FILE_DAMAGED",
      data: { file: list },
    });
    await rm(list);
    expect(await refusedWith(() => find(changed))).toMatchObject({
      code: "CHECKPOINT",
      data: {
        changes: expect.arrayContaining([
          {
            path: "images.train",
            text: expect.stringMatching(/^was "[0-9a-f]{64}", is "[0-9a-f]{64}"$/) as string,
          },
        ]) as object[],
      },
    });
  });

  it("of many images is told from the list in the user's cache, by which run however; without it by digest", async () => {
    const cache = await temporaryFolder();
    vi.stubEnv("TSSL_CACHE", cache.path);
    const many = (last: string) =>
      fingerprintFrom(
        Object.fromEntries(
          Array.from({ length: LARGE_SET }, (_, i) => [`${i}.jpg`, `1:${(i === 7 ? last : "a").repeat(16)}`]),
        ),
      );
    const before = { ...identity, images: { train: many("a") } };
    await writeImages(folder.path, before.images);
    await save(13, before);
    const text = await readFile(path.join(folder.path, "images.json"), "utf8");
    expect(JSON.parse(text)).toEqual({ train: { digest: before.images.train.digest, images: LARGE_SET } });
    const now = { ...identity, images: { train: many("b") } };
    expect(await refusedWith(() => find(now))).toMatchObject({
      data: { changes: [{ text: `was "${before.images.train.digest}", is "${now.images.train.digest}"` }] },
    });
    await keepList(before.images.train);
    expect(await refusedWith(() => find(now))).toMatchObject({
      data: { changes: [{ path: "images.train", text: "1 file changed (7.jpg)" }] },
    });
    expect((await find(before)).changes).toEqual([]);
    vi.unstubAllEnvs();
    await cache.remove();
  });

  it("of images is told by a run folder of an earlier version", async () => {
    const marks = { train: marksOf(identity.images.train!) };
    await writeFile(path.join(folder.path, "images.json"), JSON.stringify(marks, undefined, 1));
    expect((await find()).changes).toEqual([]);
    expect(await refusedWith(() => find({ ...identity, images: changed.images }))).toMatchObject({
      data: { changes: [{ text: "1 file added (cat/c.jpg), 1 removed (dog/b.jpg), 1 changed (cat/a.jpg)" }] },
    });
  });

  it("of the tssl version is refused too; plugins that came are the config's business", async () => {
    const versions = { tssl: "0.2.0", plugins: { moco: 1, clsa: 1 } };
    expect(await refusedWith(() => find({ ...identity, versions }))).toMatchObject({
      code: "CHECKPOINT",
      data: { changes: [{ path: "versions.tssl", text: 'was "0.1.0", is "0.2.0"' }] },
    });
  });
});

describe("progress", () => {
  const detail = { confusion: [[1]], neighbours: [] };
  const history = { ...aCheckpoint().history, untrained: detail, latest: detail };
  const facts = aCheckpoint({ step: 12, history });

  it("is that of the checkpoint", () => {
    expect(progressAt(facts, [])).toEqual({
      step: 12,
      epochWork: false,
      metrics: { loss: 0.25 },
      history,
      changed: false,
    });
  });

  it("remembers what was changed, and forgets what names images that are others now", () => {
    const lr = { path: "optimizer.lr", text: "was 0.06, is 0.03" };
    const withLr = { step: 12, changes: ["optimizer.lr was 0.06, is 0.03"] };
    expect(progressAt(facts, [lr])).toMatchObject({
      history: { ...history, changes: [withLr] },
      changed: true,
    });
    const { history: after } = progressAt(facts, [{ path: "images.train", text: "1 file added (x)" }]);
    expect([after.untrained, after.latest]).toEqual([undefined, undefined]);
  });
});

it("another machine is no refusal, and said", () => {
  const { environment } = aCheckpoint();
  expect(describeEnvironmentChange(environment, environment)).toBe(undefined);
  expect(describeEnvironmentChange(environment, { ...environment, threads: 8 })).toBe(
    otherEnvironment([{ path: "threads", text: "was 2, is 8" }]),
  );
});
