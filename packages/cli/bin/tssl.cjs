#!/usr/bin/env node
// Starts the program with enough threads for decoding.
//
// Images are decoded in the threads of Node's pool (libuv), which are four for a whole process by default:
// with eight loader threads four of them would wait. The number is read when the pool is first used, which is
// before the first line of an ES module runs. So it is set here, in a CommonJS module.
const { availableParallelism } = require("node:os");
const { env } = require("node:process");

/** A worker decodes so many, while it augments another one. */
const IMAGES_AT_A_TIME = 2;

/** Threads for files, checkpoints and the log beside those that decode. */
const OTHERS = 4;

env.UV_THREADPOOL_SIZE ??= String(IMAGES_AT_A_TIME * availableParallelism() + OTHERS);
import("../dist/main.js");
