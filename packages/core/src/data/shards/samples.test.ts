import { describe, expect, it } from "vitest";

import { refusedWith } from "../../testing/refusal.ts";
import { classIn, classInJson, labelName, type LabelMember } from "./label-member.ts";
import { joinSamples } from "./samples.ts";

/** Label members by their names; the class of each is its place. */
const labelled = (names: readonly string[]): readonly LabelMember[] =>
  names.map((name, value) => ({ name, ...labelName(name)!, value }));

describe("the key of a sample", () => {
  it.each<[what: string, images: string[], labels: string[], samples: string[], rest?: string[][]]>([
    ["up to the extension", ["1.jpg", "2.jpg"], ["2.cls", "1.cls"], ["1.jpg 1.cls", "2.jpg 2.cls"]],
    [
      "with a version",
      ["shot_v1.0_1.jpg", "shot_v1.0_2.jpg"],
      ["shot_v1.0_1.cls", "shot_v1.0_2.cls"],
      ["shot_v1.0_1.jpg shot_v1.0_1.cls", "shot_v1.0_2.jpg shot_v1.0_2.cls"],
    ],
    [
      "with a date",
      ["2020.01.05.jpg", "2020.01.06.jpg"],
      ["2020.01.06.cls", "2020.01.05.cls"],
      ["2020.01.05.jpg 2020.01.05.cls", "2020.01.06.jpg 2020.01.06.cls"],
    ],
    [
      "within folders with dots",
      ["v1.0/a.b.jpg"],
      ["v1.0/a.b.cls", "v1.cls"],
      ["v1.0/a.b.jpg v1.0/a.b.cls"],
      [[], ["v1.cls"]],
    ],
    [
      "up to the first dot, as a field",
      ["1.left.jpg", "2.0.jpg"],
      ["1.cls", "2.cls"],
      ["1.left.jpg 1.cls", "2.0.jpg 2.cls"],
    ],
    [
      "of a version, with a field",
      ["v1.0_1.rgb.jpg", "v1.0_2.rgb.jpg"],
      ["v1.0_1.cls", "v1.0_2.cls"],
      ["v1.0_1.rgb.jpg v1.0_1.cls", "v1.0_2.rgb.jpg v1.0_2.cls"],
    ],
    [
      "of an image beside a mask",
      ["1.jpg", "1.seg.png", "1.depth.map.PNG"],
      ["1.cls"],
      ["1.jpg 1.cls"],
      [[".seg.png", ".depth.map.png"]],
    ],
    ["of an image beside a mask, without labels", ["1.seg.png", "1.jpg"], [], ["1.jpg "], [[".seg.png"]]],
    [
      "of two, where each has a label",
      ["1.jpg", "1.left.jpg"],
      ["1.cls", "1.left.cls"],
      ["1.jpg 1.cls", "1.left.jpg 1.left.cls"],
    ],
    ["of a number after a whole key", ["v1.jpg", "v1.0.jpg"], ["v1.cls"], ["v1.jpg v1.cls", "v1.0.jpg "]],
    [
      "without labels",
      ["1.left.jpg", "1.right.jpg", "a.b.jpg"],
      [],
      ["1.left.jpg ", "1.right.jpg ", "a.b.jpg "],
    ],
    ["in every kind of member", ["1.jpg"], ["1.cls", "1.json", "1.txt"], ["1.jpg 1.cls,1.json,1.txt"]],
    [
      "of labels without an image",
      ["1.jpg"],
      ["1.cls", "2.cls", "1.x.cls"],
      ["1.jpg 1.cls"],
      [[], ["2.cls", "1.x.cls"]],
    ],
  ])("ends %s", (_, images, labels, samples, [fields = [], unclaimed = []] = []) => {
    // Values by place would contradict each other in one sample of several members.
    const same = labelled(labels).map((label) => ({ ...label, value: label.stem }));
    const found = joinSamples("s.tar", images, same);
    expect(found.samples.map(({ image, labels: own }) => `${image} ${[...own.values()].map(({ name }) => name).join()}`)).toEqual(samples); // prettier-ignore
    expect(found.fields.map(({ extension }) => extension)).toEqual(fields);
    expect(found.unclaimed.map(({ name }) => name)).toEqual(unclaimed);
  });

  it.each([
    [["a.jpg", "a.png"], [], ["a.jpg", "a.png"]],
    [["a.jpg", "a.JPG"], ["a.cls"], ["a.jpg", "a.JPG"]],
    [["a.left.jpg", "a.right.jpg"], ["a.cls"], ["a.left.jpg", "a.right.jpg"]],
    [["shot_v1.0_1.jpg", "shot_v1.0_2.jpg"], ["shot_v1.cls"], ["shot_v1.0_1.jpg", "shot_v1.0_2.jpg"]],
  ])("has one image: %j with %j is refused", async (images, labels, members) => {
    expect((await refusedWith(() => joinSamples("s.tar", images, labelled(labels)))).data).toEqual({
      shard: "s.tar",
      members,
    });
  });

  it.each([
    [["a.cls", "a.cls.txt"], { members: ["a.cls", "a.cls.txt"] }],
    [["a.cls", "a.CLS"], { members: ["a.cls", "a.CLS"] }],
    [["a.cls", "a.json"], { members: ["a.cls", "a.json"], values: [0, 1] }],
    [["a.json", "a.txt"], { members: ["a.json", "a.txt"], values: [0, 1] }],
  ])("has one class: %j is refused", async (labels, data) => {
    expect((await refusedWith(() => joinSamples("s.tar", ["a.jpg"], labelled(labels)))).data).toEqual({
      shard: "s.tar",
      ...data,
    });
  });

  it("may have a class, the same in JSON, and a caption", () => {
    const label = (name: string, value: string | number | null) => ({ name, ...labelName(name)!, value });
    const of = (...labels: LabelMember[]) => joinSamples("s.tar", ["a.jpg"], labels).samples.length;
    expect(of(label("a.cls", 3), label("a.json", 3), label("a.txt", "a cat"))).toBe(1);
    expect(of(label("a.cls", 3), label("a.json", "cat"))).toBe(1); // its number and its name
    expect(() => of(label("a.cls", "cat"), label("a.json", "dog"))).toThrow("that differ");
  });
});

it.each([
  ["a.cls", { stem: "a", source: "cls" }],
  ["x/a.b.CLS", { stem: "x/a.b", source: "cls" }],
  ["a.cls.txt", { stem: "a", source: "cls" }],
  ["a.txt.cls", { stem: "a.txt", source: "cls" }],
  ["a.json", { stem: "a", source: "json" }],
  ["a.txt", { stem: "a", source: "txt" }],
  ["a.xcls", undefined],
  ["cls", undefined],
  ["x/.cls", undefined],
])("%s is a label by its name: %j", (name, label) => {
  expect(labelName(name)).toEqual(label);
});

it.each([
  ["7", 7],
  [" 007\r\n", 7],
  ["\ufeff12", 12],
  ["cat\n", "cat"],
  ["golden retriever", "golden retriever"],
  ["ko\u0308ter", "köter"],
  ["n02085620", "n02085620"],
  ["Infinity", "Infinity"],
  ["", undefined],
  ["-1", undefined],
  ["0.5", undefined],
  ["1e3", undefined],
  ["two\nlines", undefined],
  ["x".repeat(101), undefined],
  ["\u0000\u0001", undefined],
])("the text %j says the class %j", (text, value) => {
  expect(classIn(text)).toBe(value);
});

it.each([
  ['{"label": 5}', { value: 5 }],
  ['{"cls": 5, "width": 9}', { value: 5 }],
  ['{"class": "cat"}', { value: "cat" }],
  ['{"label": 5, "class": "cat"}', { value: 5 }],
  ['{"label": "5"}', { value: 5 }],
  ['{"label": "several\\nlines"}', { value: null }],
  ['{"label": [1, 2], "cls": 3}', { value: 3 }],
  ['{"label": null}', undefined],
  ['{"caption": "cat"}', undefined],
  ["[1]", undefined],
  ["null", undefined],
  ["{", undefined],
  ['{"label": 0.5}', { wrong: "label: 0.5" }],
  ['{"label": -1}', { wrong: "label: -1" }],
  ['{"label": "-1"}', { wrong: 'label: "-1"' }],
  ['{"label": "cat", "cls": 5}', { value: "cat" }],
  ['{"label": true}', { wrong: "label: true" }],
  ['{"label": 3, "cls": 4}', { wrong: "label: 3, cls: 4" }],
  ['{"label": 3, "class": "4"}', { wrong: 'label: 3, class: "4"' }],
  ['{"label": "3", "cls": 3, "class": "cat"}', { value: 3 }],
])("the JSON %j says the class %j", (text, said) => {
  expect(classInJson(text)).toEqual(said);
});

it("long texts and names of dots alone take no time", () => {
  const digits = `${"1".repeat(2 ** 20)}x`;
  expect(classIn(digits)).toBe(undefined);
  expect(classInJson(JSON.stringify({ label: digits }))).toEqual({ value: null });
  const names = Array.from({ length: 2000 }, (_, i) => `${i}${"._".repeat(1000)}.jpg`);
  const { samples } = joinSamples("s.tar", names, []);
  expect(samples).toHaveLength(2000);
  const same = Array.from({ length: 100_000 }, (_, i) => `a.${i}.jpg`);
  const label = { name: "a.cls", stem: "a", source: "cls", value: 7 } as const;
  expect(() => joinSamples("s.tar", same, [label])).toThrow("two images for one sample");
});
