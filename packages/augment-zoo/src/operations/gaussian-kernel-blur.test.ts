import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { replay } from "../replay.ts";
import { decodeImage } from "../decode.ts";
import type { GaussianKernel } from "./gaussian-kernel-blur.ts";

const fixtures = new URL("../../fixtures/", import.meta.url);
const { made_with, blurs } = JSON.parse(readFileSync(new URL("torchvision.json", fixtures), "utf8")) as {
  made_with: string;
  blurs: (GaussianKernel & { image: string; bytes: string })[];
};

describe(`gaussianKernelBlur (${made_with}; SimCLR's in numpy)`, () => {
  it.each(blurs)(
    "$image, sigma $sigma, $kernelSize pixels, $border: within one level",
    async ({ image: name, bytes, ...kernel }) => {
      const image = await decodeImage(readFileSync(new URL(`images/${name}.png`, fixtures)));
      const { data } = replay(image, [{ op: "gaussianKernelBlur", ...kernel }]);
      const differences = [...Buffer.from(bytes, "base64")].map((level, i) => Math.abs(level - data[i]!));
      expect(Math.max(...differences)).toBeLessThanOrEqual(1);
      expect(differences.filter((d) => d > 0).length / data.length).toBeLessThan(0.002);
    },
  );

  it("mirrors about the border as often as it takes", () => {
    const row = { width: 3, height: 1, data: Uint8Array.from([0, 60, 240].flatMap((x) => [x, x, x])) };
    const { data } = replay(row, [{ op: "gaussianKernelBlur", sigma: 1e6, kernelSize: 9, border: "mirror" }]);
    // 0 1 2 1 0 1 2 1 0 about the left pixel, 0 1 2 1 (0) ... : plain means of nine.
    const at = (i: number): number => [0, 60, 240][[0, 1, 2, 1][((i % 4) + 4) % 4]!]!;
    const want = [0, 1, 2].map((x) => {
      let sum = 0;
      for (let k = -4; k <= 4; k++) sum += at(x + k);
      return Math.round(sum / 9);
    });
    expect([data[0], data[3], data[6]]).toEqual(want);
  });
});
