import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { afterAll, beforeEach, describe, expect, it } from "vitest";

import { tuningOf } from "./tuning.ts";

describe("tuning", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tssl-tuned-"));
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => fs.rmSync(folder, { recursive: true, force: true }));
  const CARD = ["NVIDIA H100", "580.95.05", "0.116"];
  const tuning = (of: readonly unknown[] = CARD) => tuningOf(of, folder)!;

  /** Stands for a compile, which writes what it found. */
  const compiles = (of = CARD): string => {
    const { flags, keep } = tuning(of);
    fs.writeFileSync(String(flags()["xla_gpu_dump_autotune_results_to"]), `results of ${of.join(" ")}`);
    keep();
    return tuning(of).id;
  };

  it("of a first compile has nothing to begin with, and is used again in the next", () => {
    expect(Object.keys(tuning().flags())).toEqual(["xla_gpu_dump_autotune_results_to"]);
    const id = compiles();
    const { xla_gpu_load_autotune_results_from: file } = tuning().flags();
    expect(fs.readFileSync(String(file), "utf8")).toBe("results of NVIDIA H100 580.95.05 0.116");
    expect(tuning().id).toBe(id);
    expect(compiles()).toBe(id);
  });

  it("is another one on another card, driver or plugin", () => {
    const ids = [CARD, ["NVIDIA B200", ...CARD.slice(1)], [CARD[0]!, "590.1", CARD[2]!]].map(compiles);
    expect(new Set(ids).size).toBe(3);
  });

  it("that was lost is another one, so that a run knows", () => {
    const id = compiles();
    tuning().drop();
    expect(tuning().id).not.toBe(id);
  });

  it("that others could have written is not used", () => {
    const id = compiles();
    fs.chmodSync(String(tuning().flags()["xla_gpu_load_autotune_results_from"]), 0o666);
    expect(tuning().id).not.toBe(id);
    expect(Object.keys(tuning().flags())).toEqual(["xla_gpu_dump_autotune_results_to"]);
  });

  it("is none where nothing can be kept", () => {
    fs.writeFileSync(folder, "a file in the folder's place");
    expect(tuningOf(CARD, folder)).toBeUndefined();
    fs.rmSync(folder);
  });
});
