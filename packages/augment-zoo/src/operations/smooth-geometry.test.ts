import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect, it } from "vitest";

import type { AppliedOperation } from "../applied.ts";
import { decodeImage } from "../decode.ts";
import { replay } from "../replay.ts";

interface Case {
  readonly image: string;
  readonly applied: AppliedOperation;
  readonly sha256?: string;
  readonly bytes?: string;
}

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const { cases } = JSON.parse(readFileSync(fixture("smooth-geometry.json"), "utf8")) as { cases: Case[] };

it.each(["shearX", "shearY", "translateX", "translateY", "rotate"])(
  "%s with interpolation gives Pillow's bytes",
  async (op) => {
    const chosen = cases.filter(({ applied }) => applied.op === op);
    expect(chosen.length).toBeGreaterThanOrEqual(96);
    for (const { image, applied, bytes, sha256 } of chosen) {
      const { data } = replay(await decodeImage(fixture(`images/${image}.png`)), [applied]);
      const where = `${image}, ${JSON.stringify(applied)}`;
      if (bytes === undefined) {
        expect(createHash("sha256").update(data).digest("hex").slice(0, 16), where).toBe(sha256);
      } else {
        expect([...data], where).toEqual([...Buffer.from(bytes, "base64")]);
      }
    }
  },
);
