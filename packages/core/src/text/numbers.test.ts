import { expect, test } from "vitest";

import { bytes, counted, duration, percent, points, short, signedPoints } from "./numbers.ts";

test.each([
  [0.44, "0.4 s"],
  [9.96, "10 s"],
  [59.6, "1 min"],
  [252, "4 min 12 s"],
  [3600, "1 h"],
  [3599.7, "1 h"],
  [93_784, "26 h 3 min"],
  [NaN, "unknown"],
])("%d seconds are %s", (seconds, text) => expect(duration(seconds)).toBe(text));

test.each([
  [7.0239, "7.024"],
  [0.03127, "0.0313"],
  [0.0000324, "3.2e−5"],
  [-0.5, "−0.5"],
  [1234.6, "1,235"],
  [0, "0"],
  [NaN, "not a number"],
])("%d is written %s", (value, text) => expect(short(value)).toBe(text));

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1536, "1.50 KiB"],
  [717_225_984, "684 MiB"],
  [1_449_551_462, "1.35 GiB"],
  [1023.7 * 2 ** 20, "1024 MiB"],
  [-(2 ** 30), "−1.00 GiB"],
  [NaN, "unknown"],
])("%d bytes are %s", (value, text) => expect(bytes(value)).toBe(text));

test("shares and points", () => {
  expect(percent(0.3614)).toBe("36.1 %");
  expect(percent(0.3614, 0)).toBe("36 %");
  expect(points(-0.0123)).toBe("−1.2 points");
  expect(points(-0.0001)).toBe("+0.0 points");
  expect(signedPoints(0.065)).toBe("+6.5");
});

test("things are counted, one without an s", () => {
  expect([1, 0, 5000].map((images) => counted(images, "image"))).toEqual([
    "1 image",
    "0 images",
    "5,000 images",
  ]);
  expect(counted(2, "class", "classes")).toBe("2 classes");
});
