#!/usr/bin/env node
import { fileURLToPath } from "node:url";

import { blockOtherDecoders } from "@tssl/augment-zoo";

import { outliveOutput } from "./lost-output.ts";
import { npmFolder } from "./npm-folder.ts";
import { runProgram } from "./run-program.ts";
import { printNotice } from "./terminal.ts";

const typedIn = npmFolder(process.env, fileURLToPath(import.meta.url), process.cwd());
if (typedIn !== undefined) process.chdir(typedIn);

blockOtherDecoders();
const lostOutput = outliveOutput();
let code = await runProgram(process.argv.slice(2));
const lost = lostOutput();
if (lost !== undefined) {
  printNotice(`Error: the output could not be written: ${lost.message}\n`);
  code ||= 1;
}
// TensorFlow's threads would keep the process alive for a while.
process.exit(code);
