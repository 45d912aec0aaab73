import { fileURLToPath, pathToFileURL } from "node:url";

import { describe, expect, it } from "vitest";

import { callSite, usersPlace } from "./call-site.ts";

const ENGINE = fileURLToPath(new URL("../", import.meta.url));
const TFJS = "/app/node_modules/@tensorflow/tfjs-core/dist/engine.js:1:2";

const stackOf = (...frames: string[]) =>
  ["Error: call site", ...frames.map((at) => `    at ${at}`)].join("\n");

describe("callSite", () => {
  it("is the line that calls it", () => {
    const [above, site, below] = [lineHere(), callSite(), lineHere()];
    expect([above, below]).toEqual([site(), site()].map((place) => place!.replace(/:\d+$/, "")));
  });

  it("leaves the length of stacks as it was", () => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 17;
    callSite();
    const after = Error.stackTraceLimit;
    Error.stackTraceLimit = limit;
    expect(after).toBe(17);
  });
});

describe("the user's place in a stack", () => {
  it.each([
    ["a function", "train (/home/me/train.ts:12:7)", "/home/me/train.ts:12:7"],
    ["a module", "file:///home/me/train.js:3:1", "/home/me/train.js:3:1"],
    ["an async function", "async file:///home/me/train.js:3:1", "/home/me/train.js:3:1"],
    ["a method under another name", "Object.step [as run] (/home/me/a.ts:1:2)", "/home/me/a.ts:1:2"],
    ["a folder with spaces", "run (/home/me/my runs (old)/a.ts:1:2)", "/home/me/my runs (old)/a.ts:1:2"],
    ["an address with spaces", "run (file:///home/me/my%20runs/a.ts:1:2)", "/home/me/my runs/a.ts:1:2"],
    ["a module with a query", "run (file:///home/me/a.ts?v=1:1:2)", "/home/me/a.ts:1:2"],
    ["another package called engine", "run (/game/engine/src/a.ts:1:2)", "/game/engine/src/a.ts:1:2"],
    ["a test of this engine", `step (${ENGINE}compile/a.test.ts:1:2)`, `${ENGINE}compile/a.test.ts:1:2`],
  ])("is found in %s", (_, frame, place) => {
    expect(usersPlace(stackOf(`add (${TFJS})`, frame, "main (/home/me/other.ts:9:9)"))).toBe(place);
  });

  it.each([
    ["tfjs", `add (${TFJS})`],
    ["this engine", `record (${ENGINE}compile/record.ts:1:2)`],
    ["this engine, by its address", `record (${pathToFileURL(ENGINE).href}compile/record.ts:1:2)`],
    ["Node", "node:internal/process/task_queues:95:5"],
    ["native code", "Array.map (<anonymous>)"],
    ["evaluated code", "eval (eval at run (/home/me/a.ts:1:2), <anonymous>:1:1)"],
  ])("is not %s", (_, frame) => {
    expect(usersPlace(stackOf(frame))).toBeUndefined();
    expect(usersPlace(stackOf(frame, "main (/home/me/other.ts:9:9)"))).toBe("/home/me/other.ts:9:9");
  });
});

/** The line that calls it, as a stack says it. */
const lineHere = (): string =>
  /\(?([^\s(]+:\d+):\d+\)?$/.exec(new Error().stack!.split("\n")[2]!)![1]!.replace("file://", "");
