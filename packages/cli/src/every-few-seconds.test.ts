import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { everyFewSeconds } from "./every-few-seconds.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("reports after five seconds, and again five seconds later", () => {
  const reported: number[] = [];
  const onProgress = everyFewSeconds((done, all) => void reported.push(done, all));
  for (let second = 0; second <= 11; second++) {
    onProgress(second, 20);
    vi.advanceTimersByTime(1000);
  }
  expect(reported).toEqual([5, 20, 10, 20]);
});
