// `npm test`: sets the machine up, then runs every check. With --long also the tests that take minutes.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { setUp } from "./setup.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const long = process.argv.includes("--long");

/** The build, which `setUp` runs, checks the types of the packages. */
const checks = [
  ["types of scripts and benchmarks", ["tsc", "-p", "tsconfig.scripts.json"]],
  ["lint", ["eslint", ".", "--max-warnings", "0"]],
  ["format", ["prettier", "--check", "."]],
  ["imports", ["depcruise", "packages", "--config", ".dependency-cruiser.cjs"]],
  ["tests", ["vitest", "run"]],
];

try {
  await setUp();
} catch (error) {
  console.error(`Error: ${error.message}`);
  process.exit(1);
}
const failed = [];
for (const [name, [tool, ...args]] of checks) {
  console.log(`\n== ${name}`);
  const env = { ...process.env, ...(long ? { TSSL_LONG_TESTS: "1" } : {}) };
  const { status } = spawnSync("npx", ["--no-install", tool, ...args], { cwd: root, stdio: "inherit", env });
  if (status !== 0) failed.push(name);
}
console.log(failed.length === 0 ? "\nAll checks passed." : `\nFailed: ${failed.join(", ")}.`);
process.exit(failed.length === 0 ? 0 : 1);
