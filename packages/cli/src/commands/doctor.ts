import { statfs } from "node:fs/promises";
import { availableParallelism, freemem, homedir, totalmem } from "node:os";

import { bytes } from "@tssl/core/internal";
import { TSSL_VERSION } from "@tssl/core/run";
import { checkEngine } from "@tssl/engine";
import type { Command } from "commander";

import { doctorReport } from "../doctor-report.ts";
import { doctorText } from "../doctor-text.ts";
import { finish } from "../exit-code.ts";
import { printResult } from "../terminal.ts";

interface DoctorFlags {
  readonly json: boolean;
  readonly report: boolean;
}

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description(
      "print versions, devices and speed, say what computes and why, check a convolution, and list " +
        "problems with their remedies",
    )
    .option("--json", "one line of JSON", false)
    .option(
      "--report",
      "JSON to paste into an issue: all of it, with drivers and what a GPU's proof found",
      false,
    )
    .action(async (flags: DoctorFlags) => finish(await doctorCommand(flags)));
}

/**
 * `tssl doctor`: the machine, a check of its results, and problems with their remedies. Exit code 1 if there
 * are problems.
 */
async function doctorCommand({ json, report }: DoctorFlags): Promise<number> {
  const check = await checkEngine();
  const disk = await statfs(homedir());
  const machine = {
    tssl: TSSL_VERSION,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    freeMemory: bytes(freemem()),
    memory: bytes(totalmem()),
    freeDisk: bytes(disk.bavail * disk.bsize),
  };
  if (report) printResult(doctorReport(machine, check));
  else printResult(json ? `${JSON.stringify({ ...machine, ...check })}\n` : doctorText(machine, check));
  return check.problems.length === 0 ? 0 : 1;
}
