import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import sharp from "sharp";
import { afterAll, expect, it } from "vitest";

import { decodeImage } from "./decode.ts";
import { ImageError } from "./errors.ts";
import { readHead, readHeader } from "./image-header.ts";

const folder = mkdtempSync(join(tmpdir(), "augment-zoo-header-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A noisy picture of 48 x 32 pixels, so large in some formats that its head is not the whole file. */
const noise = (side = 1) =>
  sharp({
    create: {
      width: 48 * side,
      height: 32 * side,
      channels: 3,
      noise: { type: "gaussian", mean: 128, sigma: 30 },
    },
  } as never);

async function write(name: string, content: Uint8Array): Promise<string> {
  writeFileSync(join(folder, name), content);
  return Promise.resolve(join(folder, name));
}

it.each(["jpeg", "png", "webp", "gif", "tiff", "avif"] as const)(
  "a %s is known by its content whatever its name, and is decoded",
  async (format) => {
    const file = await write("picture.jpg", await noise().toFormat(format).toBuffer());
    expect(await readHeader(file)).toEqual({ format, width: 48, height: 32, channels: 3, bits: 8 });
    const { width, height } = await decodeImage(file);
    expect([width, height]).toEqual([48, 32]);
  },
);

it("a header at the end of a large file is found, as is one of a part of a file", async () => {
  const bytes = await noise(8).tiff({ compression: "none" }).toBuffer(); // the directory follows the pixels
  const file = await write("large.tif", bytes);
  expect((await readHead(file)).size).toBe(bytes.length);
  expect((await readHead(file)).bytes.length).toBe(64 * 1024);
  const header = { format: "tiff", width: 384, height: 256, channels: 3, bits: 8 };
  expect(await readHeader(file)).toEqual(header);
  const shard = await write("shard.tar", Buffer.concat([Buffer.alloc(512), bytes]));
  expect(await readHeader({ path: shard, name: "a.tif", offset: 512, size: bytes.length })).toEqual(header);
});

it("orientation turns the sides; grey of 16 bits is one channel", async () => {
  const turned = await write("turned.jpg", await noise().withMetadata({ orientation: 6 }).jpeg().toBuffer());
  expect(await readHeader(turned)).toMatchObject({ width: 32, height: 48 });
  const grey = await write("grey.png", await noise().toColourspace("grey16").png().toBuffer());
  expect(await readHeader(grey)).toEqual({ format: "png", width: 48, height: 32, channels: 1, bits: 16 });
});

it("what is no image has no header, and why is said", async () => {
  const png = await noise().png().toBuffer();
  // Its screen, and the picture on it, of 60000 x 60000 pixels.
  const gif = Buffer.from("GIF89a`\xea`\xea\0\0\0,\0\0\0\0`\xea`\xea\0\x02\x02D\x01\0;", "latin1");
  const kinds: Record<string, string> = {};
  for (const [name, content] of Object.entries({
    "text.jpg": Buffer.from("no image"),
    "empty.jpg": Buffer.alloc(0),
    "bmp.jpg": Buffer.concat([Buffer.from("BM"), Buffer.alloc(100_000)]),
    "short.png": png.subarray(0, 20),
    "huge.gif": gif,
  })) {
    const error: unknown = await readHeader(await write(name, content)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ImageError);
    kinds[name] = (error as ImageError).kind;
  }
  expect(kinds).toEqual({
    "text.jpg": "not an image",
    "empty.jpg": "empty",
    "bmp.jpg": "BMP image",
    "short.png": "corrupt",
    "huge.gif": "too large",
  });
  await expect(readHeader(join(folder, "gone.jpg"))).rejects.toMatchObject({ kind: "unreadable" });
});
