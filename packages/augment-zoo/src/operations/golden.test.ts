import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { beforeAll, describe, expect, it } from "vitest";

import type { AppliedOperation } from "../applied.ts";
import { replay } from "../replay.ts";
import { decodeImage } from "../decode.ts";
import type { Image } from "../image.ts";

interface Case {
  image: string;
  applied: AppliedOperation[];
  width: number;
  height: number;
  sha256?: string;
  bytes?: string;
}

const fixtures = new URL("../../fixtures/", import.meta.url);
const golden = JSON.parse(readFileSync(new URL("golden.json", fixtures), "utf8")) as {
  made_with: string;
  colours: { applied: AppliedOperation[]; sha256: string }[];
  cases: Case[];
};
const { cases, colours } = golden;
const images = new Map<string, Image>();

beforeAll(async () => {
  for (const name of new Set(cases.map(({ image }) => image))) {
    images.set(name, await decodeImage(fileURLToPath(new URL(`images/${name}.png`, fixtures))));
  }
});

/** Red fastest, blue slowest. */
const everyColour: Image = { width: 4096, height: 4096, data: new Uint8Array(3 << 24) };
for (let i = 0, n = 0; n < 1 << 24; n++, i += 3) {
  everyColour.data[i] = n;
  everyColour.data[i + 1] = n >> 8;
  everyColour.data[i + 2] = n >> 16;
}

const sha256 = (data: Uint8Array): string => createHash("sha256").update(data).digest("hex").slice(0, 16);

/** The cases whose result differs from Pillow's; for the tiny image together with the pixels. */
function differing(chosen: readonly Case[]): unknown[] {
  return chosen.flatMap<unknown>(({ image, applied, width, height, ...expected }) => {
    const result = replay(images.get(image)!, applied);
    const size = [result.width, result.height];
    if (expected.bytes !== undefined) {
      const want = [...Buffer.from(expected.bytes, "base64")];
      const same = String(size) === String([width, height]) && String(want) === String([...result.data]);
      return same ? [] : [{ image, applied, size, want, got: [...result.data] }];
    }
    const same = String(size) === String([width, height]) && sha256(result.data) === expected.sha256;
    return same ? [] : [{ image, applied, size, wantSize: [width, height] }];
  });
}

describe(`Pillow's bytes (${golden.made_with})`, () => {
  const single = cases.filter(({ applied }) => applied.length === 1);
  const names = [...new Set(single.map(({ applied }) => applied[0]!.op))];
  const of = (name: string): Case[] => single.filter(({ applied }) => applied[0]!.op === name);

  it.each(names)("%s", (name) => {
    expect(differing(of(name))).toEqual([]);
  });

  it.each(colours)("every one of 2^24 colours: $applied", ({ applied, sha256: expected }) => {
    expect(sha256(replay(everyColour, applied).data)).toBe(expected);
  });

  it("whole views, twelve operations each", () => {
    const chains = cases.filter(({ applied }) => applied.length > 1);
    expect(chains.length).toBe(120);
    expect(differing(chains)).toEqual([]);
  });

  it("covers every operation, on images of many shapes", () => {
    expect(names.length).toBe(26);
    for (const name of names) expect(of(name).length, name).toBeGreaterThanOrEqual(5);
    expect(images.size).toBeGreaterThanOrEqual(10);
  });
});
