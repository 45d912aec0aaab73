import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { decodeImage } from "../decode.ts";
import { decodeOpened, openImage, sizeOf } from "./open-image.ts";
import { formatOf } from "./image-format.ts";

interface Golden {
  readonly name: string;
  readonly file: string;
  readonly size?: readonly [number, number];
  readonly pixels?: string;
  readonly levels?: readonly number[];
  readonly mean: number;
  readonly most: number;
}
const { made_with, files } = JSON.parse(
  readFileSync(new URL("../../fixtures/formats.json", import.meta.url), "utf8"),
) as { made_with: string; files: Golden[] };
const named = (start: string) =>
  files.filter(({ name }) => name.startsWith(start)).map((each) => [each.name, each] as const);
const bytesOf = ({ file }: Golden) => Buffer.from(file, "base64");
const errorOf = async (bytes: Uint8Array): Promise<unknown> => decodeImage(bytes).catch((e: unknown) => e);

describe(`every format and orientation gives Pillow's pixels (${made_with})`, () => {
  const decoded = files.filter(({ pixels }) => pixels !== undefined);
  it.each(decoded.map((each) => [each.name, each] as const))("%s", async (_, golden) => {
    const want = Buffer.from(golden.pixels!, "base64");
    const { width, height, data } = await decodeImage(bytesOf(golden));
    expect([width, height]).toEqual(golden.size);
    expect(await sizeOf(await openImage(bytesOf(golden)))).toMatchObject({ width, height });
    const off = Array.from(data, (level, i) => Math.abs(level - want[i]!));
    expect(Math.max(...off)).toBeLessThanOrEqual(golden.most);
    expect(off.reduce((sum, each) => sum + each) / off.length).toBeLessThanOrEqual(golden.mean);
  });

  it("of every format cut short an error, and never another image", async () => {
    for (const golden of decoded.filter(({ name }) => /^(raw|alpha|palette|grey)\./.test(name))) {
      const bytes = bytesOf(golden);
      const error = await errorOf(bytes.subarray(0, Math.floor(0.6 * bytes.length)));
      expect(error, golden.name).toMatchObject({ code: "IMAGE", data: { problem: "corrupt" } });
    }
  });
});

describe("images of 16 bits", () => {
  /** To the nearest, halves to the even one, as a clamped array rounds. */
  const half = (level: number) => Uint8ClampedArray.of(level)[0]!;
  it.each(named("16 bits"))("%s", async (_, golden) => {
    const levels = golden.levels!;
    const made = async (range?: [number, number]) => {
      const { image, levels: seen } = await decodeOpened(await openImage(bytesOf(golden)), {
        ...(range && { range }),
      });
      expect(seen).toEqual({ low: Math.min(...levels), high: Math.max(...levels) });
      return Array.from(image.data.filter((_level, i) => i % 3 === 0));
    };
    const high = levels.map((level) => level >> 8);
    expect(await made()).toEqual(high);
    expect(await made([0, 4095])).toEqual(levels.map((level) => half((255 * level) / 4095)));
    expect(await made([1000, 2000])).toEqual(levels.map((level) => half((255 * (level - 1000)) / 1000)));
  });
});

describe("other formats are refused by their name", () => {
  const refusal = (format: string) => ({
    code: "IMAGE",
    data: { file: "(bytes)", problem: "format", format },
  });
  it.each(named("refused"))("%s", async (name, golden) => {
    expect(await errorOf(bytesOf(golden))).toMatchObject(refusal(name.slice("refused: ".length)));
  });

  const box = (...brands: string[]) => {
    const length = Buffer.from([0, 0, 0, 8 + 4 * (brands.length + 1)]);
    return Buffer.concat([
      length,
      Buffer.from(`ftyp${brands[0]!}\0\0\0\0${brands.slice(1).join("")}`, "latin1"),
      Buffer.alloc(64),
    ]);
  };
  const text = (content: string) => Buffer.from(content, "latin1");
  it.each<[string, Uint8Array]>([
    ["HEIC", box("heic", "mif1", "heic")],
    ["HEIC", box("mif1", "mif1", "heic", "hevc")],
    ["HEIF", box("mif1", "mif1")],
    ["Canon raw", box("crx ", "crx ", "isom")],
    ["video", box("isom", "isom", "mp42")],
    ["SVG", text('<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>')],
    ["SVG", text('\xef\xbb\xbf<?xml version="1.0"?>\n<!-- made by hand -->\n<svg width="4" height="4"/>')],
    ["SVG", text('<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x">\n<svg width="4" height="4"/>')],
    ["PDF", text("%PDF-1.7\n")],
    ["PostScript", text("%!PS-Adobe-3.0 EPSF-3.0\n")],
    ["Photoshop", text("8BPS\0\x01\0\0\0\0\0\0\0\x03\0\0")],
    ["OpenEXR", text("v/1\x01\x02\0\0\0channels\0")],
    ["Radiance HDR", text("#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n")],
    ["JPEG XL", text("\xff\x0a\xfa\x7f\x01")],
    ["DICOM", Buffer.concat([Buffer.alloc(128), text("DICM")])],
    ["Canon raw", text("II*\0\x10\0\0\0CR\x02\0")],
    ["PPM", text("P6\n9 7\n255\n")],
    ["PFM", text("PF\n9 7\n-1.0\n")],
  ])("%s", async (format, bytes) => {
    expect(await errorOf(bytes)).toMatchObject(refusal(format));
  });

  it.each<[string, Uint8Array]>([
    ["a page", text("<!DOCTYPE html><html><body><svg></svg></body></html>")],
    ["text", text("Pictures of cats\n")],
    ["zeros", Buffer.alloc(4000)],
    ["noise", Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * i * 31 + 7 * i + 5) % 251))],
  ])("%s has no format", (_, bytes) => {
    expect(formatOf(bytes)).toBe(undefined);
  });

  it("a drawing is not handed to the decoder, whatever it claims to be", async () => {
    const drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
    expect(await errorOf(text(`\x89PNG\r\n\x1a\n${drawing}`))).toMatchObject({
      data: { problem: "corrupt" },
    });
    expect(await errorOf(text(`\xff\xd8\xff${drawing}`))).toMatchObject({ data: { problem: "corrupt" } });
  });
});
