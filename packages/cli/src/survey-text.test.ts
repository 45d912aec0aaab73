import type { ImageSurvey } from "@tssl/core/internal";
import { expect, it } from "vitest";

import { overlapText, surveyText } from "./survey-text.ts";

const survey: ImageSurvey = {
  root: "images",
  images: 1200,
  classes: [
    { name: "cat", images: 1000 },
    { name: "dog", images: 200 },
  ],
  width: { smallest: 32, median: 64, largest: 640 },
  height: { smallest: 32, median: 32, largest: 32 },
  channels: { 1: 3, 3: 1196 },
  bits: { 8: 1199 },
  formats: { jpeg: 1199 },
  misnamed: { count: 1, examples: [{ name: "cat/1.png", format: "jpeg" }] },
  unreadable: {
    count: 3,
    examples: ["a", "b", "text"].map((name) => ({ name: `dog/${name}.jpg`, kind: "BMP image" })),
    kinds: { "BMP image": 2, "not an image": 1 },
  },
  copies: { count: 5, examples: ["a", "b", "c", "d", "e"].map((name) => ({ name, of: "cat/0.jpg" })) },
  ledger: {
    found: 1209,
    images: 1200,
    labels: 0,
    leftOut: [
      { reason: "format", extension: ".bmp", count: 8, examples: ["1.bmp", "2.bmp", "3.bmp"] },
      { reason: "empty", extension: ".jpg", count: 1, examples: ["e.jpg"] },
    ],
  },
};

it("a survey is shown line by line", () => {
  expect(surveyText(survey)).toBe(`images: 1,200 images in 2 classes
  cat  1,000
  dog    200
  width      32 to 640, median 64
  height     32
  format     1,199 × jpeg
  channels   1,196 × 3, 3 × 1
  bit depth  1,199 × 8
  extension  1 of another format: cat/1.png is JPEG
  headers    3 that cannot be read (2 BMP images, 1 not an image): dog/a.jpg, dog/b.jpg, dog/text.jpg
  copies     5 of other images: a = cat/0.jpg, b = cat/0.jpg, c = cat/0.jpg, …
  left out   9 of 1,209 files
    8 × .bmp (formats that are not decoded here): 1.bmp, 2.bmp, 3.bmp, …
    1 empty file (e.jpg)
`);
});

it("of many classes the range of their sizes is shown", () => {
  const classes = Array.from({ length: 1000 }, (_, i) => ({ name: `${i}`, images: 732 + i }));
  expect(surveyText({ ...survey, classes })).toContain("\n  images of a class  732 to 1,731\n");
});

it("images of both sets are counted and named", () => {
  const examples = [{ test: "cat/t_0000.jpg", train: "cat/0000.jpg" }];
  expect(overlapText({ count: 21, examples }, 60)).toBe(
    "21 of 60 test images are training images too: cat/t_0000.jpg = cat/0000.jpg, …. Accuracy is too high " +
      "by them.\n",
  );
  expect(overlapText({ count: 0, examples: [] }, 60)).toBe("No test image is a training image.\n");
});
