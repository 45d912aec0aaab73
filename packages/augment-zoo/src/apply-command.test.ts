import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, describe, expect, it } from "vitest";

import { replay } from "./replay.ts";
import { checkApplied } from "./check-applied.ts";
import { decodeImage } from "./decode.ts";

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const frog = here("../fixtures/images/cifar-frog.png");
const folder = mkdtempSync(path.join(tmpdir(), "augment-zoo-apply-"));
afterAll(() => rmSync(folder, { recursive: true }));
const output = path.join(folder, "out.png");
const broken = path.join(folder, "broken.png");
writeFileSync(broken, readFileSync(frog).subarray(0, 900));

const run = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, [here("../dist/apply-command.js"), ...args], { encoding: "utf8" });

describe("augment-zoo apply", () => {
  it("runs one operation on one image", async () => {
    const { status, stderr } = run("apply", "--op", "hue", "--params", '{"factor": 0.1}', frog, output);
    expect([status, stderr]).toEqual([0, ""]);
    const want = replay(await decodeImage(frog), [{ op: "hue", factor: 0.1 }]);
    expect(await decodeImage(output)).toEqual(want);
  });

  it.each([[["--help"]], [["apply", "-h"]], [[]]])("%j tells every operation and its parameters", (args) => {
    const { status, stdout } = run(...args);
    expect(status).toBe(0);
    expect(stdout).toContain("\n  hue                 factor: a number in -0.5 .. 0.5\n");
    expect(stdout).toContain("\n  invert\n");
  });

  it.each<[string[], string]>([
    [["apply", frog, output], "Usage: augment-zoo apply --op NAME [--params JSON] IN OUT"],
    [["apply", "--op", "hue", "--parms", "{}", frog, output], "Unknown option '--parms'"],
    [["apply", "--op", "blur", frog, output], 'Unknown operation "blur". Known: resizedCrop, resize, crop, '],
    [["apply", "--op", "ShearX", frog, output], 'Unknown operation "ShearX". Did you mean "shearX"?'],
    [
      ["apply", "--op", "hue", frog, output],
      "params.factor (hue) must be a number in -0.5 .. 0.5, got nothing.",
    ],
    [
      ["apply", "--op", "hue", "--params", "factor=1", frog, output],
      `--params must be JSON such as '{"factor": 1.2}', got factor=1`,
    ],
    [["apply", "--op", "invert", broken, output], "broken.png: corrupt or truncated"],
    [["apply", "--op", "invert", frog, path.join(folder, "out.xyz")], "Cannot write"],
    [["apply", "--op", "invert", frog, path.join(folder, "nowhere", "out.png")], "Cannot write"],
  ])("%j: one line and exit code 2", (args, message) => {
    const { status, stderr } = run(...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^augment-zoo: .*\n$/);
    expect(stderr).toContain(message);
  });
});

describe("checkApplied", () => {
  const size = { width: 20, height: 10 };
  const wide = { left: 5, top: 0, width: 16, height: 10 };
  it.each<[op: string, params: unknown, data: object]>([
    ["posterize", { bits: 9 }, { path: "params.bits", must: "a whole number in 1 .. 8", got: 9 }],
    ["invert", { factor: 1 }, { path: "params.factor" }],
    ["shearX", { shear: 0.1, filter: "lanczos" }, { path: "params.filter", got: "lanczos" }],
    [
      "rotate",
      { degrees: 5, fill: [1, 2, 3] },
      { path: "params.fill", must: "absent where filter is", got: [1, 2, 3] },
    ],
    ["invert", [], { got: [] }],
    ["resizedCrop", { ...wide, size: 8, filter: "bilinear" }, { got: wide, image: size }],
    [
      "cutout",
      { left: 0, top: 0, width: 2, height: 2, colour: [0, 0, 256] },
      {
        path: "params.colour",
        must: "[red, green, blue] of whole numbers in 0 .. 255",
        got: [0, 0, 256],
      },
    ],
    [
      "gaussianKernelBlur",
      { sigma: 0, kernelSize: 3, border: "mirror" },
      { path: "params.sigma", must: "a number above 0", got: 0 },
    ],
  ])("%s %j", (op, params, data) => {
    expect(() => checkApplied(op, params, size)).toThrow(
      expect.objectContaining({ code: "RECIPE", data: expect.objectContaining({ op, ...data }) as unknown }),
    );
  });
});
