// `npm test`: sets the machine up, then runs every check. With --long also the tests that take minutes.
import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { buildSources, ENGINE_SETUP } from "./setup.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const long = process.argv.includes("--long");

const ENGINE = "set-up of the engine";
const npx = (...command) => ({ program: "npx", args: ["--no-install", ...command] });

/**
 * What runs at the same time before the tests: the engine's set-up, which mostly waits for a download, and
 * the checks of the text. The build has checked the types of the packages.
 */
const beforeTests = {
  [ENGINE]: { program: process.execPath, args: [ENGINE_SETUP] },
  "types of scripts and benchmarks": npx("tsc", "-p", "tsconfig.scripts.json"),
  lint: npx("eslint", ".", "--max-warnings", "0"),
  format: npx("prettier", "--check", "."),
  imports: npx("depcruise", "packages", "--config", ".dependency-cruiser.cjs"),
};

/** Runs a program and prints what it says once it has ended; returns whether it passed. */
function passes(name, { program, args }) {
  return new Promise((resolve) => {
    const check = spawn(program, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    const said = [];
    for (const stream of [check.stdout, check.stderr]) stream.on("data", (data) => said.push(data));
    check.on("close", (status) => {
      console.log(`\n== ${name}\n${Buffer.concat(said)}`);
      resolve(status === 0);
    });
  });
}

try {
  buildSources();
} catch (error) {
  console.error(`Error: ${error.message}`);
  process.exit(1);
}
const names = Object.keys(beforeTests);
const passed = await Promise.all(names.map((name) => passes(name, beforeTests[name])));
const failed = names.filter((_, i) => !passed[i]);
if (failed.includes(ENGINE)) {
  console.error(`\nFailed: ${failed.join(", ")}. Without the engine there are no tests.`);
  process.exit(1);
}

console.log("\n== tests");
const { program, args } = npx("vitest", "run", ...(long ? [] : ["--tagsFilter", "!long"]));
const env = { ...process.env, ...(long ? { TSSL_LONG_TESTS: "1" } : {}) };
if (spawnSync(program, args, { cwd: root, stdio: "inherit", env }).status !== 0) failed.push("tests");
console.log(failed.length === 0 ? "\nAll checks passed." : `\nFailed: ${failed.join(", ")}.`);
process.exit(failed.length === 0 ? 0 : 1);
