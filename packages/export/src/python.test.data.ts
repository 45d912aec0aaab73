import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/**
 * A Python with the libraries that read exports. TSSL_PYTHON names one that has them; otherwise they are
 * installed into an environment of its own, which takes minutes.
 */
export function pythonWith(packages: readonly string[]): string {
  const given = process.env["TSSL_PYTHON"];
  if (given !== undefined) return given;
  const environment = mkdtempSync(path.join(tmpdir(), "tssl-python-"));
  execFileSync("python3", ["-m", "venv", environment]);
  execFileSync(path.join(environment, "bin/pip"), ["install", "--quiet", ...packages]);
  return path.join(environment, "bin/python");
}

/** Runs a script of fixtures/. @returns its last line, which is JSON: libraries print as well. */
export function runFixture(python: string, script: string, ...args: readonly string[]): unknown {
  const file = fileURLToPath(new URL(`../fixtures/${script}`, import.meta.url));
  const printed = execFileSync(python, [file, ...args], { encoding: "utf8" });
  return JSON.parse(printed.trim().split("\n").at(-1)!);
}
