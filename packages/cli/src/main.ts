#!/usr/bin/env node
import { fileURLToPath } from "node:url";

import { CommanderError } from "commander";

import { exitCodeOf, explain } from "./errors.ts";
import { outliveOutput } from "./lost-output.ts";
import { npmFolder } from "./npm-folder.ts";
import { buildProgram } from "./program.ts";

const typedIn = npmFolder(process.env, fileURLToPath(import.meta.url), process.cwd());
if (typedIn !== undefined) process.chdir(typedIn);

const lostOutput = outliveOutput();
try {
  await buildProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2; // commander has printed it
  } else {
    process.stderr.write(`${explain(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
const lost = lostOutput();
if (lost !== undefined) {
  process.stderr.write(`Error: the output could not be written: ${lost.message}\n`);
  process.exitCode ||= 1;
}
// TensorFlow's threads would keep the process alive for a while.
process.exit();
