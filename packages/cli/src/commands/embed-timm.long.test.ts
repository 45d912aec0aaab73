import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { cifar10Subset } from "@tssl/demo-data";
import { afterAll, beforeAll, expect, it } from "vitest";

import { tsslIn } from "../built-program.test.data.ts";

const MAKER = fileURLToPath(new URL("../../../export/fixtures/make_timm_models.py", import.meta.url));

let folder: string;
/** By the model and the image's name. */
let wanted: Record<string, Record<string, number[]>>;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-timm-"));
  const { test } = await cifar10Subset();
  const [name] = readdirSync(test);
  mkdirSync(path.join(folder, "images"));
  for (const file of readdirSync(path.join(test, name!)).slice(0, 5)) {
    copyFileSync(path.join(test, name!, file), path.join(folder, "images", file));
  }
  const printed = execFileSync(python(), [MAKER, path.join(folder, "models"), path.join(folder, "images")], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  wanted = JSON.parse(printed.trim().split("\n").at(-1)!) as typeof wanted;
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A Python with timm: TSSL_PYTHON names one, otherwise it is installed. */
function python(): string {
  const given = process.env["TSSL_PYTHON"];
  if (given !== undefined) return given;
  execFileSync("python3", ["-m", "venv", path.join(folder, "venv")]);
  execFileSync(path.join(folder, "venv/bin/pip"), ["install", "--quiet", "timm", "safetensors", "pillow"]);
  return path.join(folder, "venv/bin/python");
}

it("embeds by models that timm saved, to timm's features", { timeout: 300_000 }, () => {
  expect(Object.keys(wanted)).toEqual(["resnet18", "vit_tiny_patch16_224"]);
  for (const [model, features] of Object.entries(wanted)) {
    const { code, err } = tsslIn(folder, ["embed", `models/${model}`, "images", "--out", `${model}.npy`]);
    expect(code, err).toBe(0);
    const written = readFileSync(path.join(folder, `${model}.npy`)).subarray(128);
    const rows = new Float32Array(new Uint8Array(written).buffer);
    const names = readFileSync(path.join(folder, `${model}.csv`), "utf8")
      .trim()
      .split("\n")
      .slice(1);
    const dim = rows.length / names.length;
    expect(names.map((line) => line.split(",")[0])).toEqual(Object.keys(features));
    Object.values(features).forEach((row, i) => {
      expect(row).toHaveLength(dim);
      const length = Math.hypot(...row);
      row.forEach((value, j) => expect(Math.abs(rows[i * dim + j]! - value)).toBeLessThan(1e-5 * length));
    });
  }
});
