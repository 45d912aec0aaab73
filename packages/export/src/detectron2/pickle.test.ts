import { expect, it } from "vitest";

import { decodePickle, encodePickle } from "./pickle.ts";

const content = {
  model: { "stem.conv1.weight": { shape: [2, 1, 1, 2], data: Float32Array.of(1, -2, 3.5, 1e-30) } },
  __author__: "tssl",
  matching_heuristics: true,
};

it("reads what it writes", () => {
  expect(decodePickle(encodePickle(content))).toEqual(content);
});

it("refuses whatever else a pickle may do", () => {
  // What pickle.dumps gives for an object whose __reduce__ is os.system.
  const harmful = Buffer.from("\x80\x03cposix\nsystem\nX\x04\x00\x00\x00true\x85R.", "latin1");
  expect(() => decodePickle(harmful)).toThrow("it calls posix.system");
  expect(() => decodePickle(Buffer.from("\x80\x03K\x01.", "latin1"))).toThrow("byte 2 is no opcode");
});

it("refuses one that is cut short, wherever", () => {
  const whole = encodePickle(content);
  for (let end = 0; end < whole.length; end++) {
    expect(() => decodePickle(whole.slice(0, end)), `${end} bytes`).toThrow();
  }
});
