import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import type { AppliedOperation } from "../applied.ts";
import { applyRecipe } from "../apply-recipe.ts";
import { decodeImage, decodeToBands } from "../decode.ts";
import { viewOf } from "../loader/view-of.ts";
import { randomStream } from "../random.ts";
import { mocoV2View } from "../recipes/moco.ts";
import { stronger } from "../recipes/stronger.ts";
import { unsuitable, withoutColour } from "../unsuitable.ts";
import { type BandImage, bandPicture } from "./band-image.ts";
import { replayBands } from "./replay-bands.ts";

interface Case {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: string;
  readonly applied: AppliedOperation;
  readonly size: [number, number];
  readonly result: string;
}

interface BandFile {
  readonly name: string;
  readonly bytes: string;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly range?: [number, number];
  readonly values: string;
}

const golden = JSON.parse(
  readFileSync(fileURLToPath(new URL("../../fixtures/bands.json", import.meta.url)), "utf8"),
) as { made_with: string; cases: Case[]; files: BandFile[] };
const floats = (text: string) => new Float32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, "base64"));

/** The largest difference of two arrays; NaN where their lengths differ. */
const difference = (a: Float32Array, b: Float32Array): number =>
  a.length === b.length ? a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0) : NaN;

describe(`operations on bands (${golden.made_with})`, () => {
  it.each([...new Set(golden.cases.map(({ applied }) => applied.op))])("%s", (op) => {
    for (const { width, height, channels, data, applied, size, result } of golden.cases) {
      if (applied.op !== op) continue;
      const made = replayBands({ width, height, channels, data: floats(data) }, [applied]);
      const where = JSON.stringify(applied);
      expect([made.width, made.height, made.channels], where).toEqual([...size, channels]);
      // Hue divides by the spread of a pixel's colours, which may be small.
      expect(difference(made.data, floats(result)), where).toBeLessThan(op === "hue" ? 1e-5 : 1e-6);
    }
  });

  it("cover what recipes sample", () => {
    expect(golden.cases.length).toBeGreaterThan(60);
  });

  it("crop after a scaling gives what both give one after the other", () => {
    const { width, height, channels, data } = golden.cases[0]!;
    const image = { width, height, channels, data: floats(data) };
    const scale = { op: "resize", width: 21, height: 17, filter: "bicubic" } as const;
    const crop = { op: "crop", left: 3, top: 5, width: 9, height: 8 } as const;
    expect(replayBands(image, [scale, crop])).toEqual(replayBands(replayBands(image, [scale]), [crop]));
  });
});

describe("files of bands", () => {
  it.each(golden.files)("$name", async ({ bytes, values, range, ...shape }) => {
    const { data, ...made } = await decodeToBands(bytesOf(bytes), {
      channels: shape.channels,
      depth: 32,
      ...(range && { range }),
    });
    expect(made).toEqual({ width: shape.width, height: shape.height, channels: shape.channels });
    expect(difference(data, floats(values))).toBeLessThan(1e-7);
  });

  const named = (name: string) => bytesOf(golden.files.find((file) => file.name.startsWith(name))!.bytes);
  it.each<[string, string, object, string]>([
    ["13 bands", "another number of bands", { channels: 12 }, "13 channels, where data.channels says 12"],
    [
      "16-bit grey",
      "grey where colours are wanted",
      { channels: 3, depth: 32 },
      "1 channel, where data.channels says 3",
    ],
    [
      "float32",
      "floats without a range",
      { channels: 4 },
      "and no range that says which of them are 0 and 1",
    ],
    ["npy", "an array where bytes are decoded", {}, "an array of NumPy, which is read as float32 alone"],
  ])("%s: %s is refused", async (name, _what, decoding, found) => {
    await expect(decodeImage(named(name), decoding)).rejects.toThrow(found);
  });

  it("an array that is cut short, of another type or another shape is refused", async () => {
    const whole = named("npy int16");
    const decoding = { channels: 2, depth: 32, range: [-300, 300] } as const;
    await expect(decodeToBands(whole.subarray(0, whole.length - 1), decoding)).rejects.toThrow(
      "too few numbers",
    );
    const header = (text: string) =>
      Buffer.concat([Buffer.from("\x93NUMPY\x01\x00v\x00", "latin1"), Buffer.from(text.padEnd(118))]);
    for (const [text, found] of [
      ["{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }", "numbers of the type f8"],
      ["{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }", "Fortran's order"],
      ["{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }", "the shape [4]"],
      ["{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4), }", "the shape [0, 4]"],
    ]) {
      await expect(decodeToBands(header(text!), decoding)).rejects.toThrow(found!);
    }
  });

  it("values that are not finite are refused", async () => {
    const bytes = named("npy >f4").slice();
    bytes.set([0x7f, 0xc0, 0, 0], bytes.length - 4);
    await expect(decodeToBands(bytes, { channels: 4, range: [-1, 2] })).rejects.toThrow("NaN or infinite");
  });
});

describe("recipes", () => {
  const moco = mocoV2View({ size: 8 });
  it("name what needs colours, and what to use instead", () => {
    expect(unsuitable(moco, { channels: 3, depth: 8 })).toEqual([]);
    expect(unsuitable(moco, { channels: 1, depth: 32 })).toEqual([]);
    expect(unsuitable(moco, { channels: 4, depth: 32 })).toEqual([
      "colorJitter (saturation, hue) needs red, green and blue, and images have 4 channels. Leave it out; " +
        "brightness and contrast work on any channels.",
      "grayscale (brightness of three colours) needs red, green and blue, and images have 4 channels. " +
        "Leave it out; brightness and contrast work on any channels.",
    ]);
    expect(unsuitable(stronger(moco), { channels: 3, depth: 32 })).toEqual([
      "randomStrong (paper) draws operations on levels of 8 bits, such as posterize and equalize, and " +
        "views have float32. Use 8 bits, or a recipe without it.",
    ]);
    const drop = [{ op: "colorDrop", p: 1 }] as const;
    expect(unsuitable(drop, { channels: 3, depth: 8 })).toEqual([]);
    for (const pixels of [
      { channels: 1, depth: 8 },
      { channels: 3, depth: 32 },
    ] as const) {
      expect(unsuitable(drop, pixels)).toEqual([
        "colorDrop works on red, green and blue of 8 bits alone. Leave it out.",
      ]);
    }
    expect(withoutColour(drop)).toEqual([]);
    expect(unsuitable(withoutColour(moco), { channels: 13, depth: 32 })).toEqual([]);
  });

  it("of whole views are near those on bytes", async () => {
    const file = fileURLToPath(new URL("../../fixtures/images/roof.png", import.meta.url));
    const bytes = await decodeImage(file);
    const bands = await decodeToBands(file, { channels: 3, depth: 32 });
    for (const seed of [1, 2, 3, 4, 5]) {
      const { image, applied } = applyRecipe(bytes, mocoV2View({ size: 24 }), randomStream(seed));
      const picture = bandPicture(replayBands(bands, applied));
      const distance = picture.data.reduce((sum, x, i) => sum + Math.abs(x - image.data[i]!), 0);
      expect(distance / picture.data.length, JSON.stringify(applied)).toBeLessThan(3);
    }
  });
});

describe("grey bytes", () => {
  const roof = fileURLToPath(new URL("../../fixtures/images/roof.png", import.meta.url));
  it("are Pillow's convert(L), three times, and stay grey through every operation", async () => {
    const recipe = stronger(mocoV2View({ size: 16 }), { pool: "randAugment", probability: 1 });
    for (let index = 0; index < 20; index++) {
      const key = { seed: 1, epoch: 0, index, view: "query" };
      const { image } = await viewOf(roof, recipe, key, { channels: 1 });
      for (let i = 0; i < image.data.length; i += 3) {
        expect([image.data[i + 1], image.data[i + 2]]).toEqual([image.data[i], image.data[i]]);
      }
    }
  });
});

it("a picture of bands shows the first three, or one as grey", () => {
  const image = (channels: number, ...data: number[]): BandImage => ({
    ...{ width: 1, height: 1, channels },
    data: Float32Array.from(data),
  });
  expect([...bandPicture(image(4, 0, 0.5, 1, 0.2)).data]).toEqual([0, 128, 255]);
  expect([...bandPicture(image(1, 1.2)).data]).toEqual([255, 255, 255]);
});
