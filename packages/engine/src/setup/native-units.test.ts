import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { afterAll, describe, expect, it } from "vitest";

import { isInstalled, mustRun, STRICT_FLAGS } from "./native-driver.test.data.ts";
import { kernelUnits } from "./native-units.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tssl-units-"));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Of the two that the units are written for, those that are installed. */
const compilers: string[] = [];
for (const name of ["g++", "clang++"]) if (await isInstalled(name)) compilers.push(name);

const objects = new Map<string, string>();

/** Compiles a unit as the set-up does, once. Returns the object's path. */
async function objectOf(compiler: string, source: string, flags: readonly string[]): Promise<string> {
  const key = [compiler, source, ...flags].join(" ");
  const object = objects.get(key) ?? path.join(folder, `${objects.size}.o`);
  if (objects.has(key)) return object;
  await mustRun(compiler, [...STRICT_FLAGS, "-fPIC", ...flags, "-c", source, "-o", object]);
  objects.set(key, object);
  return object;
}

/** The names that other units see of an object. */
async function symbolsOf(object: string): Promise<string[]> {
  const lines = await mustRun("nm", ["--defined-only", "--extern-only", "--format=posix", object]);
  return lines
    .trim()
    .split("\n")
    .map((line) => line.split(" ")[0]!);
}

interface Instruction {
  readonly bytes: string;
  readonly text: string;
}

async function instructionsOf(object: string): Promise<Instruction[]> {
  const listing = await mustRun("objdump", ["--disassemble", "--wide", object]);
  return [...listing.matchAll(/^\s*[0-9a-f]+:\t([0-9a-f ]+?)\s*\t(.*)$/gm)].map(([, bytes, text]) => ({
    bytes: bytes!,
    text: text!,
  }));
}

const cases = compilers.flatMap((compiler) =>
  kernelUnits().map((unit) => ({ ...unit, compiler, name: path.basename(unit.source, ".cc") })),
);

describe.each(cases)("the unit of $name, by $compiler", ({ compiler, source, flags, name }) => {
  it("shows its table and nothing that could take another unit's place", async () => {
    expect(await symbolsOf(await objectOf(compiler, source, flags))).toEqual([`${name}_kernels`]);
  });

  it("is not compiled without its instructions", async () => {
    const others = flags.filter((flag) => !flag.startsWith("-m"));
    if (others.length === flags.length) return; // every processor of this kind has them
    await expect(objectOf(compiler, source, others)).rejects.toThrow("flags of an instruction set");
  });
});

describe.runIf(process.arch === "x64").each(compilers)("AVX-512, by %s", (compiler) => {
  /** In 64-bit code every instruction of AVX-512 begins with the byte 62, and no other does. */
  const isAvx512 = ({ bytes }: Instruction): boolean => bytes.startsWith("62 ");
  const instructions = async (name: string): Promise<Instruction[]> => {
    const { source, flags } = kernelUnits("x64").find((unit) => unit.source.endsWith(`${name}.cc`))!;
    return instructionsOf(await objectOf(compiler, source, flags));
  };

  it("stands nowhere in the unit of AVX2", async () => {
    const all = await instructions("avx2");
    expect(all.filter(({ text }) => text.startsWith("vfmadd")).length).toBeGreaterThan(100);
    expect(all.filter((one) => isAvx512(one) || one.text.includes("zmm"))).toEqual([]);
  });

  it("is found by that test in its own unit", async () => {
    const wide = (await instructions("avx512")).filter(({ text }) => text.includes("%zmm"));
    expect(wide.length).toBeGreaterThan(100);
    expect(wide.filter((one) => !isAvx512(one))).toEqual([]);
  });
});

it("there are no kernels for other processors", () => {
  expect(kernelUnits("riscv64")).toEqual([]);
});
