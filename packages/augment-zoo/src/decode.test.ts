import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, describe, expect, it } from "vitest";

import { decodeImage } from "./decode.ts";
import { ImageError } from "./errors.ts";

const fixtures = new URL("../fixtures/", import.meta.url);
const { files } = JSON.parse(readFileSync(new URL("golden.json", fixtures), "utf8")) as {
  files: Record<string, { width: number; height: number; sha256: string }>;
};
const fixture = (name: string): string => fileURLToPath(new URL(`decode/${name}`, fixtures));
const sha256 = (data: Uint8Array): string => createHash("sha256").update(data).digest("hex").slice(0, 16);

describe("decodeImage gives Pillow's pixels", () => {
  it.each(Object.entries(files).filter(([name]) => name !== "cmyk.jpg"))("%s", async (name, expected) => {
    const { width, height, data } = await decodeImage(fixture(name));
    expect({ width, height, sha256: sha256(data) }).toEqual(expected);
  });

  it("of bytes as of files", async () => {
    const fromBytes = await decodeImage(readFileSync(fixture("rgba.png")));
    expect(fromBytes).toEqual(await decodeImage(fixture("rgba.png")));
  });

  it("turns CMYK into about the colours that it was made from", async () => {
    const cmyk = await decodeImage(fixture("cmyk.jpg"));
    const rgb = await decodeImage(fixture("orientation-1.jpg"));
    expect([cmyk.width, cmyk.height]).toEqual([40, 29]);
    const distance = rgb.data.reduce((sum, level, i) => sum + Math.abs(level - cmyk.data[i]!), 0);
    expect(distance / rgb.data.length).toBeLessThan(20);
  });
});

describe("decodeImage refuses", () => {
  const folder = mkdtempSync(join(tmpdir(), "augment-zoo-decode-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Writes bytes to a file and returns what decoding it says, the folder left out. */
  async function complaint(name: string, bytes: Uint8Array): Promise<string> {
    const file = join(folder, name);
    writeFileSync(file, bytes);
    const error: unknown = await decodeImage(file).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ImageError);
    expect((error as ImageError).file).toBe(file);
    return (error as ImageError).message.replace(`${folder}/`, "");
  }

  it("an empty file", async () => {
    expect(await complaint("empty.jpg", new Uint8Array(0))).toBe(
      "empty.jpg: the file is empty (0 bytes). Remove it or fetch it again.",
    );
  });

  it("what is not an image", async () => {
    expect(await complaint("page.jpg", Buffer.from("<!DOCTYPE html><p>Not found"))).toBe(
      "page.jpg: not an image (27 bytes, beginning 3c 21 44 4f 43 54 59 50). Give a JPEG, PNG or WebP file.",
    );
  });

  it.each(["orientation-1.jpg", "progressive.jpg", "grey.jpg", "rgb.png", "lossless.webp", "lossy.webp"])(
    "%s cut short anywhere after its header",
    async (name) => {
      const whole = readFileSync(fixture(name));
      for (const part of [0.5, 0.7, 0.9, 0.97]) {
        const cut = whole.subarray(0, Math.floor(whole.length * part));
        expect(await complaint(name, cut), `${part}`).toContain("corrupt or cut short");
      }
    },
  );

  it("a PNG with a wrong byte", async () => {
    const bytes = Uint8Array.from(readFileSync(fixture("rgb.png")));
    bytes[bytes.length >> 1]! ^= 0x55;
    expect(await complaint("wrong.png", bytes)).toContain("wrong.png: corrupt or cut short");
  });

  it("a path that is not there, and a folder", async () => {
    await expect(decodeImage(join(folder, "nowhere.jpg"))).rejects.toThrow(
      "nowhere.jpg: no such file. Check the path and its permissions.",
    );
    await expect(decodeImage(folder)).rejects.toThrow("this is a folder");
  });

  it("bytes, calling them (bytes)", async () => {
    await expect(decodeImage(Buffer.from("hello"))).rejects.toThrow("(bytes): not an image");
  });
});
