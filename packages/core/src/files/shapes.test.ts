import { describe, expect, it } from "vitest";

import { checkedJson, type Contradiction } from "./json-file.ts";
import {
  anything,
  both,
  either,
  exactly,
  listOf,
  moment,
  nullable,
  number,
  numberOrNaN,
  object,
  oneOf,
  recordOf,
  type Shape,
  share,
  text,
  textOrNumber,
  trueOrFalse,
  whole,
} from "./shapes.ts";

const wrong = (shape: Shape<unknown>, json: string): unknown => {
  const checked = checkedJson(json, shape);
  return typeof checked === "string" ? checked : undefined;
};

describe("shapes", () => {
  it.each<[string, Shape<unknown>, string, string]>([
    ["text", text, '"a"', "1"],
    ["trueOrFalse", trueOrFalse, "false", '"false"'],
    ["number", number({ minimum: 0 }), "0.5", "-1"],
    ["number that is finite", number(), "1e300", "1e999"],
    ["number above", number({ exclusiveMinimum: 0 }), "0.1", "0"],
    ["whole", whole(1), "1", "1.5"],
    ["whole from a bound on", whole(1), "2", "0"],
    ["share", share, "1", "1.01"],
    ["textOrNumber", textOrNumber, '"a"', "true"],
    ["moment", moment, '"2026-11-29T07:00:00.000Z"', '"2026-13-29T07:00:00.000Z"'],
    ["oneOf", oneOf("cpu", "gpu"), '"gpu"', '"tpu"'],
    ["exactly", exactly(2), "2", "3"],
    ["nullable", nullable(number()), "null", '"x"'],
    ["either", either(recordOf(text), listOf(text)), "[]", "1"],
    ["both", both(object({ a: text }), object({ b: whole() })), '{"a":"","b":1}', '{"a":""}'],
    ["listOf", listOf(whole(), { atLeast: 1 }), "[1]", "[]"],
    ["recordOf", recordOf(whole(), { most: 1 }), '{"a":1}', '{"a":1,"b":2}'],
    ["object", object({ a: text }, { b: whole() }), '{"a":"","more":null}', '{"a":"","b":"1"}'],
  ])("%s", (_name, shape, right, refused) => {
    expect(wrong(shape, right)).toBeUndefined();
    expect(wrong(shape, refused)).toEqual(expect.any(String));
  });

  it("say where, what must hold, and what was found", () => {
    const shape = object(
      { device: oneOf("cpu", "gpu"), at: moment },
      { "a/b": listOf(object({ x: share })) },
    );
    const right = '"device":"cpu","at":"2026-11-29T07:00:00Z"';
    expect(wrong(shape, "[]")).toBe("it must be object, got a list of 0");
    expect(wrong(shape, '{"device":"cpu"}')).toBe("at is missing");
    expect(wrong(shape, '{"device":"x","at":""}')).toBe('device must be one of cpu, gpu, got "x"');
    expect(wrong(shape, '{"device":"cpu","at":"now"}')).toBe(
      'at must be a moment such as 2026-11-29T07:00:00.000Z, got "now"',
    );
    expect(wrong(shape, `{${right},"a/b":[{"x":0},{"x":2}]}`)).toBe("a/b.1.x must be <= 1, got 2");
    expect(wrong(shape, `{${right},"a/b":[{}]}`)).toBe("a/b.0.x is missing");
    expect(wrong(shape, `{${right},"a/b":"${"x".repeat(100)}"}`)).toBe(
      `a/b must be array, got "${"x".repeat(59)}…`,
    );
  });

  it("read null as NaN where a number may be none", () => {
    const shape = object({ values: recordOf(numberOrNaN), list: listOf(numberOrNaN) });
    expect(checkedJson('{"values":{"a":null,"b":1,"__proto__":null},"list":[null,2]}', shape)).toEqual({
      value: {
        values: JSON.parse('{"a":0,"b":1,"__proto__":0}', (_, x: unknown) => (x === 0 ? NaN : x)) as object,
        list: [NaN, 2],
      },
    });
    expect(wrong(shape, '{"values":{"a":"x"},"list":[]}')).toContain("values.a must be number");
  });
});

describe("checkedJson", () => {
  it("tells what is cut short from what is no JSON, on any version of Node", () => {
    expect(wrong(anything, "")).toBe("it is empty");
    expect(wrong(anything, '{"a":"b')).toBe(
      "it is not whole, its JSON ends within a value after 7 characters",
    );
    expect(wrong(anything, '{"a":[1,')).toBe(
      "it is not whole, its JSON ends within a value after 8 characters",
    );
    expect(wrong(anything, "\0\0\0\0")).toMatch(/^it is not JSON/);
    expect(wrong(anything, "\u001b[31mred")).not.toContain("\u001b");
  });

  it("refuses what lies too deep, whatever its shape lets through", () => {
    const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
    expect(wrong(anything, nested(100))).toBeUndefined();
    expect(wrong(anything, nested(101))).toBe("it has more than 100 levels");
    expect(wrong(anything, nested(100_000))).toBe("it has more than 100 levels");
  });

  it("says what does not go together", () => {
    const sorted: Contradiction<readonly number[]> = ([a, b]) => (a! > b! ? "it must be sorted" : undefined);
    expect(checkedJson("[2,1]", listOf(number()), sorted)).toBe("it must be sorted");
    expect(checkedJson("[1,2]", listOf(number()), sorted)).toEqual({ value: [1, 2] });
  });
});
