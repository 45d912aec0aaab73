import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, it } from "vitest";

import { startEngine } from "../start.ts";
import { watchOps } from "./watch-ops.ts";

beforeAll(() => startEngine({ device: "cpu" }));

it("tells each op with its line, and gradients with the line of their forward op", () => {
  const seen: { op: string; backward: boolean; line: string; ofLog: boolean }[] = [];
  const x = tf.tensor1d([1, 4]);
  let log: tf.Tensor | undefined;
  const stop = watchOps(({ op, backward, gradientOf, site }) => {
    const line = /watch-ops\.test\.ts:(\d+)/.exec(site() ?? "")?.[1] ?? "";
    seen.push({ op, backward, line, ofLog: gradientOf !== undefined && gradientOf === log });
  });
  tf.grad((y: tf.Tensor) => {
    log = tf.log(y);
    return tf.sum(log);
  })(x);
  stop();
  tf.log(x);

  const [forward] = seen;
  expect(forward).toMatchObject({ op: "Log", backward: false });
  expect(forward!.line).not.toBe("");
  const ofLog = seen.filter((each) => each.ofLog);
  expect(ofLog.length).toBeGreaterThan(0);
  expect(ofLog.every(({ backward, line }) => backward && line === forward!.line)).toBe(true);
  expect(seen.filter(({ op }) => op === "Log")).toHaveLength(1); // none after the stop
});
