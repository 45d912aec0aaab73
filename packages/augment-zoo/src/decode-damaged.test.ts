import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { deflateSync } from "node:zlib";

import { afterAll, describe, expect, it } from "vitest";

import { decodeImage } from "./decode.ts";
import { readSize } from "./decoding/open-image.ts";
import { ImageError } from "./errors.ts";
import { decodeDamaged } from "./testing/decode-damaged.ts";

describe("decodeImage", () => {
  it("turns each of 500 damaged files into a whole image or an ImageError of one line", async () => {
    const { decoded, refused, wrong } = await decodeDamaged(0, 500);
    expect(wrong).toEqual([]);
    expect(decoded).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(300);
  });
});

describe("a small file that claims to be a huge image", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "augment-zoo-bomb-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** PNG's checksum; Node's own came with 20.15. */
  function crc32(bytes: Buffer): number {
    let crc = 0xffffffff;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc >>> 0;
  }

  function png(width: number, height: number): Buffer {
    const chunk = (kind: string, body: Buffer): Buffer => {
      const content = Buffer.concat([Buffer.from(kind), body]);
      const out = Buffer.alloc(content.length + 8);
      out.writeUInt32BE(body.length, 0);
      content.copy(out, 4);
      out.writeUInt32BE(crc32(content), content.length + 4);
      return out;
    };
    const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    return Buffer.concat([
      Buffer.from("89504e470d0a1a0a", "hex"),
      chunk("IHDR", header),
      chunk("IDAT", deflateSync(Buffer.alloc(100_000))),
      chunk("IEND", Buffer.alloc(0)),
    ]);
  }

  function jpeg(side: number): Buffer {
    const bytes = readFileSync(new URL("../fixtures/decode/grey.jpg", import.meta.url));
    const frame = bytes.indexOf(Buffer.from("ffc0", "hex"));
    bytes.writeUInt16BE(side, frame + 5);
    bytes.writeUInt16BE(side, frame + 7);
    return bytes;
  }

  it.each([
    ["bomb.png", png(50_000, 50_000)],
    ["bomb.jpg", jpeg(50_000)],
  ])("%s is refused by its header, with its name and without the memory", async (name, bytes) => {
    const file = path.join(folder, name);
    writeFileSync(file, bytes);
    const before = process.memoryUsage().rss;
    for (const read of [decodeImage, readSize]) {
      const error: unknown = await read(file).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(ImageError);
      expect((error as Error).message).toBe(
        `${file}: more than 128 million pixels (${bytes.length} bytes). Scale it down, or remove it.`,
      );
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
  });
});
