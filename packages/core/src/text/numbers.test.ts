import { expect, test } from "vitest";

import { dateTime, duration, percent, points, short } from "./number-text.ts";

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

test("shares, points and dates", () => {
  expect(percent(0.3614)).toBe("36.1 %");
  expect(points(-0.0123)).toBe("−1.2 points");
  expect(points(-0.0001)).toBe("+0.0 points");
  expect(dateTime("2026-11-23T10:04:31Z")).toBe("2026-11-23 10:04 UTC");
  expect(dateTime("yesterday")).toBe("yesterday");
});
