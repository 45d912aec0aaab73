import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import sharp from "sharp";
import { describe, expect, it } from "vitest";

import { decodeImage } from "../decode.ts";
import { ImageError } from "../errors.ts";
import { readHeader } from "../image-header.ts";
import { decodeOrOwnError } from "./own-error.ts";

const whole = readFileSync(new URL("../../fixtures/decode/progressive.jpg", import.meta.url));
const png = await sharp(whole).png().toBuffer();
const reasonOf = (error: unknown) =>
  ((error as ImageError).data as { readonly reason?: string } | undefined)?.reason;

describe("the reason why an image cannot be decoded", () => {
  it("is its own, whatever else is decoded at the same time", async () => {
    const contents = { jpeg: whole.subarray(0, 600), png: png.subarray(0, 400), whole };
    const reasons = { jpeg: new Map<string, number>(), png: new Map<string, number>() };
    const decodeAll = async (turn: number): Promise<void> => {
      for (let i = 0; i < 60; i++) {
        const name = (["jpeg", "png", "whole"] as const)[(turn + i) % 3]!;
        const error: unknown = await decodeImage(contents[name]).catch((e: unknown) => e);
        if (name === "whole") {
          expect(error).toMatchObject({ width: 40, height: 29 });
          continue;
        }
        expect(error).toBeInstanceOf(ImageError);
        const reason = reasonOf(error)!;
        reasons[name].set(reason, (reasons[name].get(reason) ?? 0) + 1);
      }
    };
    await Promise.all([0, 1, 2, 3].map(decodeAll));
    expect([...reasons.jpeg]).toEqual([["VipsJpeg: premature end of JPEG image", 80]]);
    expect([...reasons.png]).toEqual([["vipspng: libpng read error", 80]]);
  });

  it("is its own for a header too", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "augment-zoo-own-error-")), "a.jpg");
    writeFileSync(file, whole.subarray(0, 5));
    const errors = await Promise.all(
      Array.from({ length: 20 }, () => readHeader(file).catch((e: unknown) => e)),
    );
    const reasons = new Set(errors.map(reasonOf));
    expect([...reasons]).toEqual(["Input buffer has corrupt header: VipsJpeg: premature end of JPEG image"]);
  });

  it("is what four decodings say, and the first where no four say the same", async () => {
    const own = ["its own", "its own", "its own", "its own"];
    const said = ["of another image", "Unknown error", "of another image", "header:", ...own];
    const decode = () => Promise.reject(new Error(said.shift() ?? "Unknown error"));
    await expect(decodeOrOwnError(decode)).rejects.toThrow("its own");
    expect(said).toEqual([]);
    await expect(decodeOrOwnError(decode)).rejects.toThrow("Unknown error");
  });
});
