import { describe, expect, it } from "vitest";

import { differInChannels, withChannels } from "./first-filters.ts";

/** Two filters of 2 x 1 pixels for three channels. */
const filters = { shape: [2, 3, 2, 1], data: Float32Array.of(1, 2, 3, 4, 5, 6, -1, 0.5, 0, 2, 4, -3) };

/** What a filter gives of pixels whose channels all have these values. */
const response = (
  { shape, data }: { readonly shape: readonly number[]; readonly data: Float32Array },
  filter: number,
  pixels: readonly [number, number],
): number => {
  const channels = shape[1]!;
  let sum = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (const i of [0, 1] as const) sum += data[(filter * channels + channel) * 2 + i]! * pixels[i];
  }
  return sum;
};

describe("first filters for other channels", () => {
  it.each([1, 3, 6, 9, 12])("give the same of grey: %d channels", (channels) => {
    const made = withChannels(filters, channels);
    expect(made.shape).toEqual([2, channels, 2, 1]);
    for (const filter of [0, 1]) {
      expect(response(made, filter, [0.3, 0.8])).toBeCloseTo(response(filters, filter, [0.3, 0.8]), 5);
    }
  });

  it("are summed for one, and repeated and cut off for four", () => {
    expect([...withChannels(filters, 1).data]).toEqual([9, 12, 3, -0.5]);
    const four = withChannels(filters, 4);
    expect([...four.data.subarray(0, 8)]).toEqual([0.75, 1.5, 2.25, 3, 3.75, 4.5, 0.75, 1.5]);
    expect([...withChannels({ shape: [1, 1, 1, 1], data: Float32Array.of(6) }, 3).data]).toEqual([2, 2, 2]);
  });

  it("differ in channels alone", () => {
    expect(differInChannels([2, 3, 7, 7], [2, 1, 7, 7])).toBe(true);
    expect(differInChannels([2, 3, 7, 7], [2, 3, 7, 7])).toBe(false);
    expect(differInChannels([2, 3, 7, 7], [2, 1, 3, 3])).toBe(false);
    expect(differInChannels([2, 3], [2, 1])).toBe(false);
  });
});
