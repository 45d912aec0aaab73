import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, describe, expect, it } from "vitest";

import { decodeImage } from "./decode.ts";
import { ImageError } from "./errors.ts";
import { readHeader } from "./image-header.ts";

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
  async function refusal(name: string, bytes: Uint8Array): Promise<object> {
    const file = join(folder, name);
    writeFileSync(file, bytes);
    const error: unknown = await decodeImage(file).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ImageError);
    expect((error as ImageError).file).toBe(file);
    return (error as ImageError).data;
  }

  it("an empty file", async () => {
    expect(await refusal("empty.jpg", new Uint8Array(0))).toMatchObject({ problem: "empty" });
  });

  it("what is not an image", async () => {
    expect(await refusal("page.jpg", Buffer.from("<!DOCTYPE html><p>Not found"))).toMatchObject({
      problem: "not an image",
      bytes: 27,
      start: "3c 21 44 4f 43 54 59 50",
    });
  });

  it.each(["orientation-1.jpg", "progressive.jpg", "grey.jpg", "rgb.png", "lossless.webp", "lossy.webp"])(
    "%s truncated anywhere after its header",
    async (name) => {
      const whole = readFileSync(fixture(name));
      for (const part of [0.5, 0.7, 0.9, 0.97]) {
        const cut = whole.subarray(0, Math.floor(whole.length * part));
        expect(await refusal(name, cut), `${part}`).toMatchObject({ problem: "corrupt" });
      }
    },
  );

  it("a PNG with a wrong byte", async () => {
    const bytes = Uint8Array.from(readFileSync(fixture("rgb.png")));
    bytes[bytes.length >> 1]! ^= 0x55;
    expect(await refusal("wrong.png", bytes)).toMatchObject({ problem: "corrupt" });
  });

  it("a path that is not there, and a folder", async () => {
    await expect(decodeImage(join(folder, "nowhere.jpg"))).rejects.toMatchObject({
      data: { problem: "unreadable", reason: "no such file" },
    });
    await expect(decodeImage(folder)).rejects.toMatchObject({
      code: "IMAGE",
      data: { file: folder, problem: "unreadable", reason: "this is a folder" },
    });
  });

  it("a pipe that nobody writes to, a device without end, and a file that claims to be endless", async () => {
    const pipe = join(folder, "pipe.jpg");
    spawnSync("mkfifo", [pipe]);
    const reason = "this is a pipe or a device";
    for (const file of [pipe, "/dev/zero"]) {
      await expect(decodeImage(file)).rejects.toMatchObject({ data: { file, reason } });
      await expect(readHeader(file)).rejects.toMatchObject({ data: { file, reason } });
    }
    const huge = join(folder, "huge.jpg");
    writeFileSync(huge, readFileSync(fixture("rgb.png")));
    truncateSync(huge, 2 ** 40); // takes no room on the disk
    await expect(decodeImage(huge)).rejects.toMatchObject({
      data: { problem: "too many bytes", bytes: 2 ** 40 },
    });
  });

  it.runIf(process.platform === "linux")("a file of /proc that says it is empty and has no end", async () => {
    await expect(decodeImage("/proc/self/pagemap")).rejects.toMatchObject({
      data: { file: "/proc/self/pagemap", problem: "empty" },
    });
  });

  it("bytes, calling them (bytes)", async () => {
    await expect(decodeImage(Buffer.from("hello"))).rejects.toMatchObject({
      data: { file: "(bytes)", problem: "not an image" },
    });
  });
});
