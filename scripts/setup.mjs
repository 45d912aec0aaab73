import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

// Bare Node: runs before anything is installed.

const OLDEST_NODE = [20, 9];
const root = fileURLToPath(new URL("..", import.meta.url));
const at = (...parts) => path.join(root, ...parts);

/**
 * Makes a fresh checkout ready to run: npm packages, compiled sources, the engine. Does only what is not done
 * yet.
 *
 * @param {readonly string[]} [engineFlags] for the engine's set-up, such as "--gpu"; without any it keeps
 * what it has.
 * @throws {Error} with one line that says what to do.
 */
export function setUp(engineFlags = []) {
  buildSources();
  setUpEngine(engineFlags);
}

/**
 * The first part of it: npm packages and compiled sources, without the engine.
 *
 * @throws {Error} with one line that says what to do.
 */
export function buildSources() {
  requireNode();
  installPackages();
  run("compile the sources", process.execPath, [at("node_modules", "typescript", "bin", "tsc"), "--build"]);
  run("compile the image kernels", process.execPath, [at("packages", "augment-zoo", "kernels", "build.mjs")]);
  run("bundle the script of the pages", process.execPath, [at("packages", "report", "build.mjs")]);
}

/** The command that sets the engine up, once the sources are compiled. */
export const ENGINE_SETUP = at("packages", "engine", "dist", "setup-command.js");

function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Error(
    `Node ${OLDEST_NODE.join(".")} or later is needed, this is ${process.versions.node}: install it, ` +
      "see https://nodejs.org.",
  );
}

/**
 * `npm ci` where node_modules is not what package-lock.json says; a stamp in it remembers the lock it was
 * made from.
 */
function installPackages() {
  const stamp = at("node_modules", ".tssl-lock-hash");
  const lock = createHash("sha256")
    .update(readFileSync(at("package-lock.json")))
    .digest("hex");
  if (existsSync(stamp) ? readFileSync(stamp, "utf8") === lock : isInstalledByHand()) return;
  console.log("Installing npm packages");
  run("install the npm packages", "npm", ["ci", "--no-audit", "--no-fund", "--loglevel", "error"]);
  writeFileSync(stamp, lock);
}

/** Whether somebody ran npm after the lock last changed: npm then rewrites its own note in node_modules. */
function isInstalledByHand() {
  const note = statSync(at("node_modules", ".package-lock.json"), { throwIfNoEntry: false });
  return note !== undefined && note.mtimeMs >= statSync(at("package-lock.json")).mtimeMs;
}

/** Runs a step with its output shown. */
function run(what, program, parameters) {
  const { status, error } = spawnSync(program, parameters, { cwd: root, stdio: "inherit" });
  if (error !== undefined && "code" in error && error.code === "ENOENT")
    throw new Error(`Could not ${what}: ${program} is missing; install Node with npm.`);
  if (status !== 0) throw new Error(`Could not ${what}: put right what stands above and run this again.`);
}

/** The engine's own set-up says in one line what is wrong, so that line is the error. */
function setUpEngine(flags) {
  const { status, stderr } = spawnSync(process.execPath, [ENGINE_SETUP, ...flags], {
    cwd: root,
    stdio: ["inherit", "inherit", "pipe"],
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr.trim() || "The engine's set-up was ended: run this again.");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    setUp(process.argv.slice(2));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
