import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { warmTsslIn } from "../built-program.test.data.ts";
import { EXAMPLE, smallExample } from "../example-run.test.data.ts";
import { copyTrainAndTest } from "../few-images.test.data.ts";
import { shownClusters } from "../shown-clusters.ts";

describe("shownClusters", () => {
  const clustering = {
    labels: Int32Array.of(0, 1, 1, 1, 0),
    distances: Float64Array.of(0.3, 0.2, 0.1, 0.2, 0.3),
    sizes: Int32Array.of(2, 3, 0),
  };
  const images = Int32Array.of(0, 1, 3, 4, 5); // image 2 could not be decoded
  const classes = ["cat", "dog"];

  it("are the largest first, each with its images nearest first, and its largest class", () => {
    const { shown, more } = shownClusters(
      clustering,
      { images },
      { classes, labels: Int32Array.of(0, 1, 1, 1, 0, 1) },
    );
    expect(more).toBe(0);
    expect(shown).toEqual([
      { cluster: 1, size: 3, central: [3, 1, 4], largest: { label: "dog", share: 2 / 3 } },
      { cluster: 0, size: 2, central: [0, 5], largest: { label: "cat", share: 0.5 } },
      { cluster: 2, size: 0, central: [] },
    ]);
  });

  it("name no class where images have none", () => {
    const { shown } = shownClusters(clustering, { images }, { classes: [] });
    expect(shown[0]).toEqual({ cluster: 1, size: 3, central: [3, 1, 4] });
  });
});

describe("tssl cluster", () => {
  let folder: string;
  const tssl = (...args: string[]) => warmTsslIn(folder, args);
  const file = (name: string) => readFileSync(path.join(folder, name), "utf8");

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "tssl-cluster-"));
    const data = await copyTrainAndTest(folder);
    const { code, err } = tssl(
      "train",
      EXAMPLE,
      "--out",
      "run",
      ...smallExample(data, { epochs: 1, batchSize: 16 }),
    );
    if (code !== 0) throw new Error(err);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("writes the cluster of each image, what it found, and a page; as many clusters as classes", () => {
    const { code, out } = tssl("cluster", "run", "--out", "groups");
    expect(code).toBe(0);
    expect(out).toMatch(/^48 images in 4 clusters of \d+ to \d+, by the features of step-/);
    expect(out).toMatch(/Purity \d+\.\d %: .* Normalized mutual information 0\.\d{3}: /);
    const found = JSON.parse(file("groups/clusters.json")) as {
      sizes: number[];
      purity: number;
      nmi: number;
    };
    expect(found).toMatchObject({ images: 48, clusters: 4, iterations: 25, redo: 3 });
    expect(found.sizes.reduce((sum, size) => sum + size, 0)).toBe(48);
    expect(found.purity).toBeGreaterThanOrEqual(0.25);

    const lines = file("groups/images.csv").trim().split("\n");
    expect(lines[0]).toBe("image,cluster,distance");
    expect(lines).toHaveLength(49);
    const sizes = [0, 0, 0, 0];
    for (const line of lines.slice(1)) sizes[Number(/^[^",]+,(\d),[\d.e-]+$/.exec(line)![1])]!++;
    expect(sizes).toEqual(found.sizes);

    const page = file("groups/clusters.html");
    expect(page.match(/<h3>Cluster \d: /g)).toHaveLength(4);
    expect(page.match(/src="data:image\/png/g)!.length).toBeGreaterThanOrEqual(20);
  });

  it("comes to the same clusters by the same seed, and takes other images and numbers", () => {
    const json = (...args: string[]) => tssl("cluster", "run", "--json", ...args).out;
    const once = json("--images", "test", "--clusters", "3", "--seed", "7");
    expect(JSON.parse(once)).toMatchObject({ images: 20, clusters: 3, seed: 7 });
    expect(json("--images", "test", "--clusters", "3", "--seed", "7")).toBe(once);
  });

  it("refuses more clusters than images", () => {
    const { code, err } = tssl("cluster", "run", "--clusters", "49");
    expect(code).toBe(2);
    expect(err).toContain("--clusters must be 1 to 48, the images that are clustered, got 49.");
  });
});
