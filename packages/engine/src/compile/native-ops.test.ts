import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { type Attribute, attribute, rawOp } from "../ops/raw-op.ts";
import { startEngine } from "../start.ts";

// Compiled steps hand the ops of native/ what they can compute. What anybody else hands them is checked all
// the same.

beforeAll(() => startEngine({ device: "cpu" }));

type Attributes = Readonly<Record<string, Attribute>>;
type Refusal = readonly [shapes: readonly (readonly number[])[], message: string];

/** What an op says, whose inputs are float32 of these shapes. */
function refusalOf(
  op: string,
  attributes: Attributes,
  shapes: readonly (readonly number[])[],
  outputs: number,
): string {
  const inputs = shapes.map((shape) => tf.zeros([...shape]));
  try {
    tf.dispose(rawOp(op, attributes, inputs, outputs));
    return "nothing";
  } catch (error) {
    return (error as Error).message;
  } finally {
    tf.dispose(inputs);
  }
}

const images = [2, 8, 8, 64];
const filter = [3, 3, 64, 32];

describe("TsslConv3x3", () => {
  it.each<Refusal>([
    [[images, filter], "nothing"],
    [[[2, 8, 64], filter], "x must have 4 axes, but has shape [2,8,64]"],
    [[[2, 8, 8, 48], filter], "x must have a multiple of 32 channels on axis 3, but has shape [2,8,8,48]"],
    [[[2, 8, 8, 0], filter], "x must have a multiple of 32 channels on axis 3, but has shape [2,8,8,0]"],
    [[images, [3, 3, 64]], "filter must have 4 axes, but has shape [3,3,64]"],
    [[images, [5, 5, 64, 32]], "filter must have shape [3,3,64,32], 3x3 pixels, but has [5,5,64,32]"],
    [[images, [3, 3, 64, 33]], "filter must have a multiple of 32 channels on axis 3"],
    [[images, [3, 3, 96, 32]], "axis 2 of the filter must be as long as x has channels"],
  ])("of %j says %s", (shapes, message) => {
    expect(refusalOf("TsslConv3x3", {}, shapes, 1)).toContain(message);
  });
});

it.each<Refusal>([
  [[filter, [2, 8, 8, 32]], "nothing"],
  [[filter, images], "TsslConv3x3InputGradient: axis 3 of the filter must be as long as dy has channels"],
  [[filter, [8, 8, 32]], "dy must have 4 axes, but has shape [8,8,32]"],
])("TsslConv3x3InputGradient of %j says %s", (shapes, message) => {
  expect(refusalOf("TsslConv3x3InputGradient", {}, shapes, 1)).toContain(message);
});

it.each<Refusal>([
  [[images, [2, 8, 8, 32]], "nothing"],
  [
    [images, [2, 8, 9, 32]],
    "TsslConv3x3FilterGradient: dy must have shape [2,8,8,32], that of x but for the channels, but has " +
      "[2,8,9,32]",
  ],
])("TsslConv3x3FilterGradient of %j says %s", (shapes, message) => {
  expect(refusalOf("TsslConv3x3FilterGradient", {}, shapes, 1)).toContain(message);
});

describe("TsslLargestProducts", () => {
  const gathered = (count: number): Attributes => ({ gathered: attribute.int(count) });

  it.each<Refusal>([
    [[[5, 3], [4, 3]], "nothing"], // prettier-ignore
    [[[0, 3], [4, 3]], "nothing"], // prettier-ignore
    [[[5, 0], [4, 0]], "nothing"], // prettier-ignore
    [[[5], [4, 3]], "TsslLargestProducts: a must have 2 axes, but has shape [5]"], // prettier-ignore
    [[[5, 3], [4, 3, 1]], "b must have 2 axes, but has shape [4,3,1]"], // prettier-ignore
    [[[5, 3], [4, 2]], "b must have shape [4,3], with rows as long as those of a, but has [4,2]"], // prettier-ignore
    [[[5, 3], [1, 3]], "b must have 2 rows or more, but has shape [1,3]"], // prettier-ignore
  ])("of %j says %s", (shapes, message) => {
    expect(refusalOf("TsslLargestProducts", gathered(0), shapes, 2)).toContain(message);
  });

  it.each<readonly [number[] | number[][], string]>([
    [[4, 0, 4], "nothing"],
    [[], "nothing"],
    [[0, 5], "places must be from 0 to below the 5 rows of a, but places[1] is 5"],
    [[-1], "places must be from 0 to below the 5 rows of a, but places[0] is -1"],
    [[[0]], "places must have 1 axes, but has shape [1,1]"],
  ])("of rows at %j says %s", (places, message) => {
    const inputs = [tf.zeros([5, 3]), tf.zeros([4, 3]), tf.tensor(places, undefined, "int32")];
    try {
      const run = (all: tf.Tensor[]) => rawOp("TsslLargestProducts", gathered(all.length - 2), all, 2);
      if (message === "nothing") tf.dispose(run(inputs));
      else expect(() => run(inputs)).toThrow(message);
      expect(() => run([...inputs, inputs[2]!])).toThrow("gathered must be 0 or 1, but is 2");
    } finally {
      tf.dispose(inputs);
    }
  });
});

describe("TsslMaxPool", () => {
  const window = (size: number, stride: number, padding: number, places = 0): Attributes => ({
    size: attribute.int(size),
    stride: attribute.int(stride),
    padding: attribute.int(padding),
    places: attribute.int(places),
  });

  it.each<readonly [Attributes, readonly number[], string]>([
    [window(3, 2, 1), images, "nothing"],
    [window(3, 2, 1), [8, 8, 64], "TsslMaxPool: x must have 4 axes, but has shape [8,8,64]"],
    [window(16, 2, 1), images, "a window must have 1 to 255 places, but its side is 16"],
    [window(0, 2, 0), images, "a window must have 1 to 255 places, but its side is 0"],
    [window(3, 0, 1), images, "stride must be at least 1, but is 0"],
    [window(3, 2, 3), images, "padding must be from 0 to below the window's side 3, but is 3"],
    [window(3, 2, -1), images, "padding must be from 0 to below the window's side 3, but is -1"],
    [
      window(9, 1, 0),
      images,
      "a window of side 9 must fit into images padded by 0, but they have 8x8 pixels",
    ],
    [window(3, 1, 2), [2, 0, 8, 4], "must fit into images padded by 2, but they have 0x8 pixels"],
    [window(3, 2, 1, 2), images, "places must be 0 or 1, but is 2"],
  ])("with %j of %j says %s", (attributes, shape, message) => {
    const places = (attributes["places"] as { readonly value: number }).value;
    expect(refusalOf("TsslMaxPool", attributes, [shape], 1 + places)).toContain(message);
  });

  it("refuses a gradient that pooling has not made", () => {
    const { places: _, ...sides } = window(2, 2, 0);
    const attributes = { ...sides, height: attribute.int(8), width: attribute.int(8) };
    const refusal = (dy: readonly number[], place: readonly number[]): string => {
      const [gradient, places] = [tf.zeros([...dy]), tf.zeros([...place])];
      const [bytes] = rawOp(
        "Cast",
        { SrcT: { kind: "type", value: "float32" }, DstT: { kind: "type", value: "uint8" } },
        [places],
        1,
      );
      try {
        tf.dispose(rawOp("TsslMaxPoolGradient", attributes, [gradient, bytes!], 1));
        return "nothing";
      } catch (error) {
        return (error as Error).message;
      }
    };
    const [pooled, other] = [
      [2, 4, 4, 3],
      [2, 4, 5, 3],
    ];
    expect(refusal(pooled, pooled)).toBe("nothing");
    expect(refusal(other, other)).toContain(
      "TsslMaxPoolGradient: dy must have shape [2,4,4,3], what pooling makes of the images, but has " +
        "[2,4,5,3]",
    );
    expect(refusal(pooled, other)).toContain(
      "place must have shape [2,4,4,3], that of dy, but has [2,4,5,3]",
    );
  });
});

describe("TsslBatchNorm", () => {
  const c = [64];
  const attributes = (shortcuts: number): Attributes => ({
    epsilon: attribute.float(1e-3),
    momentum: attribute.float(0.1),
    relu: attribute.bool(true),
    shortcuts: attribute.int(shortcuts),
  });

  it.each<Refusal>([
    [[images, c, c, c, c], "nothing"],
    [[images, c, c, c, c, images], "nothing"],
    [[images, c, c, c, c, images, images], "shortcuts must be at most 1, but is 2"],
    [[[64], c, c, c, c], "x must have from 1 to below 2^31 rows and channels, but has shape [64]"],
    [[[0, 64], c, c, c, c], "x must have from 1 to below 2^31 rows and channels, but has shape [0,64]"],
    [[images, [32], c, c, c], "gamma must have shape [64], one value for each channel of x, but has [32]"],
    [[images, c, [], c, c], "beta must have shape [64], one value for each channel of x, but has []"],
    [[images, c, c, [1], c], "running_mean must have shape [64]"],
    [[images, c, c, c, [63]], "running_variance must have shape [64]"],
    [[images, c, c, c, c, [2, 8, 64]], "shortcut must have shape [2,8,8,64], that of x, but has [2,8,64]"],
  ])("of %j says %s", (shapes, message) => {
    expect(refusalOf("TsslBatchNorm", attributes(shapes.length - 5), shapes, 5)).toContain(message);
  });

  it.each<readonly [number, number, boolean, ...Refusal]>([
    [1, 0, false, [images, c, c, c, c, images], "nothing"],
    [2, 1, true, [images, c, c, c, c, images, images, images], "nothing"],
    [2, 0, true, [images, c, c, c, c, images, images], "two parts of dy must come with a shortcut"],
    [1, 1, false, [images, c, c, c, c, images, images], "a shortcut must come with a relu"],
    [3, 1, true, [images, c, c, c, c, images, images, images, images], "parts must be at most 2, but is 3"],
    [1, 0, true, [images, c, c, c, c, [2, 8, 64]], "dy must have shape [2,8,8,64], that of x"],
    [2, 1, true, [images, c, c, c, c, images, c, images], "dy's second part must have shape [2,8,8,64]"],
    [1, 1, true, [images, c, c, c, c, images, c], "y must have shape [2,8,8,64], that of x, but has [64]"],
    [1, 0, true, [images, c, c, c, [1], images], "inverse_deviation must have shape [64]"],
  ])(
    "its gradient with %i parts, %i shortcuts and relu %s of %j says %s",
    (parts, shortcuts, relu, shapes, message) => {
      const attributes = {
        relu: attribute.bool(relu),
        parts: attribute.int(parts),
        shortcuts: attribute.int(shortcuts),
      };
      expect(refusalOf("TsslBatchNormGradient", attributes, shapes, 3 + shortcuts)).toContain(message);
    },
  );
});
