import { statfs } from "node:fs/promises";
import { availableParallelism, freemem, homedir, totalmem } from "node:os";

import { bytes, counted } from "@tssl/core/internal";
import { TSSL_VERSION } from "@tssl/core/run";
import { checkEngine, chooseMode, type EngineCheck, type EngineInfo } from "@tssl/engine";
import type { Command } from "commander";

import { finish } from "../exit-code.ts";
import { printResult } from "../terminal.ts";

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description(
      "print versions, devices and speed, check a convolution, and list problems with their remedies",
    )
    .option("--json", "one line of JSON", false)
    .action(async (flags: { json: boolean }) => finish(await doctorCommand(flags)));
}

/**
 * `tssl doctor`: the machine, a check of its results, and problems with their remedies. Exit code 1 if there
 * are problems.
 */
async function doctorCommand({ json }: { readonly json: boolean }): Promise<number> {
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
  printResult(json ? `${JSON.stringify({ ...machine, ...check })}\n` : text(machine, check));
  return check.problems.length === 0 ? 0 : 1;
}

function deviceText({ device, computeCapability, threads }: EngineInfo): string {
  const capability = computeCapability === undefined ? "" : ` of compute capability ${computeCapability}`;
  return `${device.toUpperCase()}${capability}, ${counted(threads, "thread")}`;
}

function text(machine: Readonly<Record<string, string | number>>, check: EngineCheck): string {
  const { engine, cpu, gpus, convolutionError, gflops, pjrt, problems } = check;
  const lines: [string, string][] = [
    ["tssl", String(machine["tssl"])],
    ["Node.js", `${machine["node"]} on ${machine["platform"]}`],
    ["processor", `${cpu.model}, ${cpu.count} available; ${cpu.features.join(" ")}`],
    ["memory", `${machine["freeMemory"]} free of ${machine["memory"]}`],
    ["disk", `${machine["freeDisk"]} free`],
    ["GPUs", gpus.length === 0 ? "none found" : gpus.join(", ")],
  ];
  if (engine !== undefined) {
    const { mode, reason } = chooseMode("auto", engine);
    const { tensorflowVersion, libraryFlavour, tfjsVersion, oneDnn } = engine;
    lines.push(
      [
        "TensorFlow",
        `${tensorflowVersion} (${libraryFlavour}), tfjs ${tfjsVersion}, oneDNN ${oneDnn ? "on" : "off"}`,
      ],
      ["device", deviceText(engine)],
      ["mode", `${mode} (${reason})`],
      [
        "PJRT",
        pjrt === undefined ? "no plugin (TSSL_PJRT_PLUGIN)" : `${pjrt.deviceName}, by engine.backend pjrt`,
      ],
    );
  }
  if (convolutionError !== undefined) {
    lines.push([
      "convolution",
      convolutionError === 0
        ? "forward and backward equal to the known result"
        : `differs from the known result by ${convolutionError}`,
    ]);
  }
  if (gflops !== undefined) {
    lines.push([
      "speed",
      `${gflops.forward.toFixed(0)} GFLOP/s forward, ${gflops.forwardAndBackward.toFixed(0)} with gradients`,
    ]);
  }
  const table = lines.map(([name, value]) => `${name.padEnd(12)} ${value}`).join("\n");
  const verdict =
    problems.length === 0
      ? "No problems."
      : problems.map(({ problem, remedy }) => `Problem: ${problem}\n  Remedy: ${remedy}`).join("\n");
  return `${table}\n\n${verdict}\n`;
}
