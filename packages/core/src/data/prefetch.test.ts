import { describe, expect, it } from "vitest";

import { prefetch } from "./prefetch.ts";

/** Loads that the test finishes by hand, and what became of them. */
function manual() {
  const started: number[] = [];
  const discarded: string[] = [];
  const waiting = new Map<number, { done: (value: string) => void; failed: (error: Error) => void }>();
  const load = (request: number) => {
    started.push(request);
    return new Promise<string>((done, failed) => waiting.set(request, { done, failed }));
  };
  const finish = (request: number) => waiting.get(request)!.done(`result ${request}`);
  const fail = (request: number) => waiting.get(request)!.failed(new Error(`failure ${request}`));
  const options = { ahead: 2, discard: (result: string) => void discarded.push(result) };
  return { started, discarded, load, finish, fail, options };
}

describe("prefetch", () => {
  it("yields in order, however late each is done", async () => {
    const { load, finish, options } = manual();
    const results = prefetch([0, 1, 2], load, options);
    const first = results.next();
    finish(1);
    finish(0);
    expect((await first).value).toBe("result 0");
    const second = results.next();
    finish(2);
    expect((await second).value).toBe("result 1");
    expect((await results.next()).value).toBe("result 2");
    expect((await results.next()).done).toBe(true);
  });

  it("runs as many loads as it may, and starts one for each that was taken", async () => {
    const { started, load, finish, options } = manual();
    const results = prefetch([0, 1, 2, 3], load, options);
    const first = results.next();
    expect(started).toEqual([0, 1]);
    finish(0);
    await first;
    expect(started).toEqual([0, 1, 2]);
    finish(1);
    finish(2);
    await results.return(undefined);
  });

  it("discards what is under way when the consumer stops early", async () => {
    const { started, discarded, load, finish, options } = manual();
    const results = prefetch([0, 1, 2, 3, 4], load, options);
    const first = results.next();
    finish(0);
    await first;
    const stopped = results.return(undefined);
    finish(1);
    finish(2);
    await stopped;
    expect(discarded).toEqual(["result 1", "result 2"]);
    expect(started).toEqual([0, 1, 2]);
  });

  it("reports an error at its turn, and discards the rest", async () => {
    const { discarded, load, finish, fail, options } = manual();
    const results = prefetch([0, 1, 2], load, options);
    const first = results.next();
    fail(1);
    finish(0);
    expect((await first).value).toBe("result 0");
    const second = results.next();
    finish(2);
    await expect(second).rejects.toThrow("failure 1");
    expect(discarded).toEqual(["result 2"]);
    expect((await results.next()).done).toBe(true);
  });

  it("loads one more ahead each time the consumer waits, up to the most", async () => {
    const { started, load, finish, options } = manual();
    const results = prefetch(
      Array.from({ length: 20 }, (_, i) => i),
      load,
      { ...options, ahead: { least: 1, most: 3 } },
    );
    const take = async (request: number, { wait }: { wait: boolean }) => {
      if (!wait) {
        finish(request);
        await new Promise((resolve) => setImmediate(resolve));
      }
      const next = results.next();
      if (wait) {
        await new Promise((resolve) => setImmediate(resolve));
        finish(request);
      }
      expect((await next).value).toBe(`result ${request}`);
      return started.length - request - 1;
    };
    expect(await take(0, { wait: true })).toBe(1); // waited for, as the first always is
    expect(await take(1, { wait: false })).toBe(1);
    expect(await take(2, { wait: true })).toBe(2);
    expect(await take(3, { wait: false })).toBe(2);
    expect(await take(4, { wait: true })).toBe(3);
    expect(await take(5, { wait: true })).toBe(3);
    for (const request of [6, 7, 8]) finish(request);
    await results.return(undefined);
  });

  it("ends at once where there is nothing to load", async () => {
    const { load, options } = manual();
    expect((await prefetch([], load, options).next()).done).toBe(true);
  });
});
