import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { cifar10Subset } from "@tssl/demo-data";
import { describe, expect, it } from "vitest";

import { warmTsslIn } from "../built-program.test.data.ts";
import { copyImages } from "../few-images.test.data.ts";
import { folderOf } from "../folder-of.test.data.ts";
import { type InitAnswers, initConfigText, initKinds, initMethods } from "../init-config.ts";
import { askForRun } from "../init-questions.ts";
import { fileExists, imagesMissing } from "../messages/init.ts";
import { readRunConfig } from "../read-run-config.ts";

/** A folder with `images`: 48 of the bundled ones. */
async function folderWithImages(): Promise<string> {
  const folder = folderOf({});
  copyImages((await cifar10Subset()).train, path.join(folder, "images"), 12);
  return folder;
}

describe("the new config", () => {
  const answers = (more: Partial<InitAnswers> = {}): InitAnswers => ({
    images: { folder: "/data/images", count: 50_000 },
    kind: "small",
    method: "moco+clsa",
    ...more,
  });

  it("has a comment about the source of each value", async () => {
    expect(await initConfigText(answers({ epochs: 50 }), "/data/run/config.yaml"))
      .toBe(`# yaml-language-server: $schema=./tssl.schema.json
# Values that are not set here come from the preset or are defaults; to see them:
#   tssl config explain config.yaml
extends: moco/cifar10 # MoCo, arXiv:1911.05722, on CIFAR-10, the authors' demo: facebookresearch/moco, branch colab-notebook, moco_cifar10_demo.ipynb, with its asymmetric loss.
name: "images-moco-clsa" # of the run's page and folder
data:
  train: "../images" # your answer: 50,000 images
  # test: ./labelled # labelled images, in the same folders: adds an evaluation by nearest neighbours
imageSize: 32 # the preset's; your answer: small images
epochs: 50 # your answer; the preset has 200
batchSize: 512 # the preset's
optimizer: { lr: 0.06 } # the preset's
plugins: # added to the preset's
  - { use: clsa, beta: 1 } # your answer; beta as in arXiv:2104.07713
`);
  });

  it("has smaller batches where needed, and says whether the learning rate is scaled", async () => {
    const few = await initConfigText(
      answers({ images: { folder: "/data/images", count: 300 } }),
      "/data/c.yaml",
    );
    expect(few).toContain('  train: "./images" # your answer: 300 images\n');
    expect(few).toContain("batchSize: 64 # small, for more steps per epoch; the preset has 512\n");
    expect(few).toContain("optimizer: { lr: 0.06 } # the preset's, for batches of 512; not scaled\n");
    const photos = await initConfigText(answers({ kind: "photos", method: "simclr" }), "/data/c.yaml");
    expect(photos).toContain("batchSize: 256 # for one machine; the preset has 4096\n");
    expect(photos).toContain("optimizer: { lr: 0.3 } # the paper's 0.3 * batchSize / 256, for this batch\n");
    expect(photos).not.toContain("plugins");
  });

  it("has a warm-up that the run outlasts", async () => {
    const text = (epochs: number) =>
      initConfigText(answers({ kind: "photos", method: "simclr", epochs }), "/data/c.yaml");
    expect(await text(11)).not.toContain("warmupEpochs");
    const why = "a tenth of the epochs; the preset's 10 would not end before this run";
    expect(await text(10)).toContain(
      `optimizer:\n  lr: 0.3 # the paper's 0.3 * batchSize / 256, for this batch\n  warmupEpochs: 1 # ${why}\n`,
    );
    expect(await text(1)).toContain(`warmupEpochs: 0 # ${why}\n`);
  });

  it("has the name and the encoder of the answers", async () => {
    const text = await initConfigText(answers({ name: "lab 3", encoder: "resnet20" }), "/data/c.yaml");
    expect(text).toContain('name: "lab 3" #');
    expect(text).toContain("encoder: { use: resnet20 } # your answer; the preset has resnet18\n");
    const deep = await initConfigText(answers({ encoder: "resnet50" }), "/data/c.yaml");
    expect(deep).toContain("encoder: { use: resnet50, stem: cifar } #");
    expect(await initConfigText(answers({ encoder: "resnet18" }), "/data/c.yaml")).not.toContain("encoder:");
  });

  it.each(initKinds.flatMap((kind) => initMethods.map((method) => [kind, method] as const)))(
    "is a whole run: %s, %s",
    async (kind, method) => {
      const file = path.join(folderOf({}), "config.yaml");
      const images = { folder: path.join(path.dirname(file), "images"), count: 100 };
      writeFileSync(file, await initConfigText({ images, kind, method }, file));
      const { plugins, settings } = await readRunConfig(file);
      expect(plugins.map(({ plugin }) => plugin.name)).toEqual(method.split("+"));
      expect(settings).toMatchObject({ batchSize: 16, imageSize: kind === "small" ? 32 : 224 });
      expect(settings.data.train).toBe(images.folder);
    },
  );

  it("needs 16 images", async () => {
    await expect(
      initConfigText(answers({ images: { folder: "x", count: 15 } }), "config.yaml"),
    ).rejects.toMatchObject({ code: "USAGE", data: { folder: "x", count: 15, least: 16 } });
  });
});

describe("the questions", () => {
  it("are asked until each has an answer, and propose what fits", async () => {
    const folder = await folderWithImages();
    const replies = [
      "",
      "/nowhere",
      path.join(folder, "images"),
      "medium",
      "",
      "byol+clas",
      "BYOL+clsa",
      "resnet20",
      "0",
      "7",
      "lab",
    ];
    const asked: string[] = [];
    const told: string[] = [];
    const answers = await askForRun(
      (question, byDefault) => {
        asked.push(`${question} [${String(byDefault)}]`);
        const reply = replies.shift()!;
        return Promise.resolve(reply === "" ? (byDefault ?? "") : reply);
      },
      {},
      (text) => told.push(text),
    );
    expect(answers).toEqual({
      images: { folder: path.join(folder, "images"), count: 48 },
      kind: "small",
      method: "byol+clsa",
      encoder: "resnet20",
      epochs: 7,
      name: "lab",
    });
    expect([...new Set(asked)]).toEqual([
      "Folder of images to train on [undefined]",
      "Kind of images (small, photos) [small]",
      "Method (moco, moco+clsa, simclr, simclr+clsa, byol, byol+clsa) [moco+clsa]",
      "Encoder; without a GPU take resnet20 (resnet18, resnet20, resnet34, resnet50) [resnet18]",
      "Epochs [200]",
      "Name of the run [images-byol-clsa]",
    ]);
    expect(told).toEqual([
      "/nowhere must be a folder of images, but there is no such folder.",
      "It must be one of small, photos.",
      'It must be one of moco, moco+clsa, simclr, simclr+clsa, byol, byol+clsa. Did you mean "byol+clsa"?',
      "It must be a whole number, 1 or more.",
    ]);
  });
});

describe("tssl init", () => {
  const init = (folder: string, ...args: string[]) => warmTsslIn(folder, ["init", ...args]);

  it("asks nothing where there is no terminal, and overwrites nothing", async () => {
    const folder = await folderWithImages();
    const flags = ["--images", "images", "--method", "SimCLR", "--epochs", "3"];
    expect(init(folder, "run", ...flags)).toEqual({
      code: 0,
      out: "Wrote run/config.yaml, and beside it tssl.schema.json for editors.\nNext: tssl train run/config.yaml\n",
      err: "",
    });
    expect(readdirSync(path.join(folder, "run")).sort()).toEqual(["config.yaml", "tssl.schema.json"]);
    const { settings, plugins } = await readRunConfig(path.join(folder, "run/config.yaml"));
    expect(settings).toMatchObject({ epochs: 3, imageSize: 32, batchSize: 16 });
    expect(settings.data.train).toBe(path.join(folder, "images"));
    expect(plugins.map(({ plugin }) => plugin.name)).toEqual(["simclr"]);

    const text = readFileSync(path.join(folder, "run/config.yaml"), "utf8");
    expect(init(folder, "run", ...flags, "--yes")).toEqual({
      code: 2,
      out: "",
      err: `Error: ${fileExists("run/config.yaml").message}\n`,
    });
    expect(readFileSync(path.join(folder, "run/config.yaml"), "utf8")).toBe(text);
  });

  it("writes nothing without images", () => {
    const folder = folderOf({});
    expect(init(folder, "own.yaml", "--yes")).toMatchObject({
      code: 2,
      err: `Error: ${imagesMissing().message}\n`,
    });
    expect(init(folder, "--images", "nowhere")).toMatchObject({
      code: 1,
      err: `Error: ${path.join(folder, "nowhere")} must be a folder of images, but there is no such folder.\n(INVALID_DATA, see tssl explain INVALID_DATA)\n`,
    });
    expect(init(folder, "--method", "swav").code).toBe(2);
    expect(existsSync(path.join(folder, "own.yaml"))).toBe(false);
  });
});
