// `npm test`: sets the machine up, then runs every check. With --long also the tests that take minutes.
import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { setUp } from "./setup.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const long = process.argv.includes("--long");

/**
 * Checks of the text, which run at the same time. The build, which `setUp` runs, checks the types of the
 * packages.
 */
const checksOfText = [
  ["types of scripts and benchmarks", ["tsc", "-p", "tsconfig.scripts.json"]],
  ["lint", ["eslint", ".", "--max-warnings", "0"]],
  ["format", ["prettier", "--check", "."]],
  ["imports", ["depcruise", "packages", "--config", ".dependency-cruiser.cjs"]],
];

/** Runs a check and prints what it says once it has ended; returns whether it passed. */
function passes(name, command) {
  return new Promise((resolve) => {
    const args = ["--no-install", ...command];
    const check = spawn("npx", args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    const said = [];
    for (const stream of [check.stdout, check.stderr]) stream.on("data", (data) => said.push(data));
    check.on("close", (status) => {
      console.log(`\n== ${name}\n${Buffer.concat(said)}`);
      resolve(status === 0);
    });
  });
}

try {
  await setUp();
} catch (error) {
  console.error(`Error: ${error.message}`);
  process.exit(1);
}
const passed = await Promise.all(checksOfText.map(([name, command]) => passes(name, command)));
const failed = checksOfText.map(([name]) => name).filter((_, i) => !passed[i]);

console.log("\n== tests");
const tests = ["vitest", "run", ...(long ? [] : ["--tagsFilter", "!long"])];
const env = { ...process.env, ...(long ? { TSSL_LONG_TESTS: "1" } : {}) };
if (spawnSync("npx", ["--no-install", ...tests], { cwd: root, stdio: "inherit", env }).status !== 0) {
  failed.push("tests");
}
console.log(failed.length === 0 ? "\nAll checks passed." : `\nFailed: ${failed.join(", ")}.`);
process.exit(failed.length === 0 ? 0 : 1);
