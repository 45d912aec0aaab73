import sharp from "sharp";
import { expect, it } from "vitest";

import { blockOtherDecoders } from "./block-other-decoders.ts";

const red = sharp({ create: { width: 9, height: 7, channels: 3, background: "red" } });
const drawing = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="7"/>');
const sizeOf = async (bytes: Buffer) => {
  const { width, height } = await sharp(bytes).metadata();
  return [width, height];
};

it("leaves the decoders of the six formats, and takes that of drawings", async () => {
  expect(await sizeOf(drawing)).toEqual([9, 7]);
  blockOtherDecoders();
  for (const format of ["jpeg", "png", "webp", "tiff", "avif", "gif"] as const) {
    expect(await sizeOf(await red.clone().toFormat(format).toBuffer())).toEqual([9, 7]);
  }
  await expect(sizeOf(drawing)).rejects.toThrow("unsupported image format");
  await expect(sizeOf(Buffer.from("P6\n1 1\n255\nabc"))).rejects.toThrow("unsupported image format");
});
