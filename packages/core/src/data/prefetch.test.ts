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

  it("ends at once where there is nothing to load", async () => {
    const { load, options } = manual();
    expect((await prefetch([], load, options).next()).done).toBe(true);
  });
});
