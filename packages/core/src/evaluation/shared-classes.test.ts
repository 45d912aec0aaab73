import { describe, expect, it } from "vitest";

import { openLedger } from "../data/data-ledger.ts";
import type { ImageSet } from "../data/image-set.ts";
import { imagesWithoutLabels, unknownClasses } from "../messages/options.ts";
import { withClassesOf } from "./shared-classes.ts";

const set = (classes: readonly string[], labels: readonly number[]): ImageSet => ({
  root: "/images",
  files: labels.map((label, i) => `/images/${classes[label]!}/${i}.jpg`),
  names: labels.map((label, i) => `${classes[label]!}/${i}.jpg`),
  classes,
  labels: Int32Array.from(labels),
  ledger: openLedger().close(labels.length),
});
const unlabelled = (names: readonly string[]): ImageSet => ({
  root: "/flat",
  files: names.map((name) => `/flat/${name}`),
  names,
  classes: [],
  ledger: openLedger().close(names.length),
});
const train = { option: "data.train", images: set(["cat", "dog", "ship"], [0, 1, 2]) };
const test = (images: ImageSet) => ({ option: "data.test", images });

describe("withClassesOf", () => {
  it("maps the classes of a test set that lacks some by their names", () => {
    const { classes, labels } = withClassesOf(train, test(set(["cat", "ship"], [0, 1, 1, 0])));
    expect(classes).toEqual(["cat", "dog", "ship"]);
    expect(labels).toEqual(Int32Array.of(0, 2, 2, 0));
  });

  it("takes a name for the same however its letters are encoded", () => {
    const composed = {
      option: "data.train",
      images: set(["dog", "köter".normalize("NFC"), "ship"], [0, 1, 2]),
    };
    const decomposed = test(set(["dog", "köter".normalize("NFD"), "ship"], [0, 1, 2]));
    const { classes, labels } = withClassesOf(composed, decomposed);
    expect(classes).toBe(composed.images.classes);
    expect(labels).toEqual(Int32Array.of(0, 1, 2));
  });

  it("matches the numbers of shards by name, though one set has fewer", () => {
    const numbered = { option: "data.train", images: set(["0", "1", "2"], [2, 1, 0]) };
    expect(withClassesOf(numbered, test(set(["0", "1"], [1, 0]))).labels).toEqual(Int32Array.of(1, 0));
  });

  it("does not mind a class without images", () => {
    const { labels } = withClassesOf(train, test(set(["cat", "fox", "ship"], [2, 0])));
    expect(labels).toEqual(Int32Array.of(2, 0));
  });

  it("takes a single folder for the class that it is called like", () => {
    expect(withClassesOf(train, test(unlabelled(["ship/1.jpg", "ship/2.jpg"]))).labels).toEqual(
      Int32Array.of(2, 2),
    );
    for (const names of [["pictures/1.jpg"], ["1.jpg"], ["ship/1.jpg", "2.jpg"]]) {
      expect(() => withClassesOf(train, test(unlabelled(names)))).toThrow(
        imagesWithoutLabels("data.test", "/flat"),
      );
    }
  });

  it("refuses classes that the labelled images do not have, with their names", () => {
    expect(() => withClassesOf(train, test(set(["cat", "fox", "wolf"], [0, 1, 2])))).toThrow(
      unknownClasses(
        { option: "data.test", classes: ["fox", "wolf"] },
        { option: "data.train", classes: ["cat", "dog", "ship"] },
      ),
    );
  });

  it("refuses labelled images without labels", () => {
    const flat = { option: "evaluation.train", images: unlabelled(["a.jpg"]) };
    expect(() => withClassesOf(flat, test(set(["cat", "dog"], [0, 1])))).toThrow(
      imagesWithoutLabels("evaluation.train", "/flat"),
    );
  });
});
