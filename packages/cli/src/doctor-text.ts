import { counted } from "@tssl/core/internal";
import { chooseMode, type EngineCheck, type EngineInfo, machineText } from "@tssl/engine";

import { fasterText } from "./faster-text.ts";

/** A machine and its engine in a table, then its problems. */
export function doctorText(machine: Readonly<Record<string, string | number>>, check: EngineCheck): string {
  const lines = [...machineLines(machine, check), ...engineLines(check)];
  const table = lines.map(([name, value]) => `${name.padEnd(12)} ${value}`).join("\n");
  return `${table}\n\n${verdictText(check)}\n`;
}

type Line = readonly [name: string, value: string];

function machineLines(
  machine: Readonly<Record<string, string | number>>,
  { cpu, gpus, machine: { nvidia, amd }, machine: gpuMachine }: EngineCheck,
): Line[] {
  const isTold = (nvidia !== undefined && "cards" in nvidia) || amd.length > 0;
  const listed = gpus.length === 0 ? "none found" : gpus.join(", ");
  return [
    ["tssl", String(machine["tssl"])],
    ["Node.js", `${machine["node"]} on ${machine["platform"]}`],
    ["processor", `${cpu.model}, ${cpu.count} available; ${cpu.features.join(" ")}`],
    ["memory", `${machine["freeMemory"]} free of ${machine["memory"]}`],
    ["disk", `${machine["freeDisk"]} free`],
    ["GPUs", isTold ? machineText(gpuMachine) : listed],
  ];
}

function engineLines(check: EngineCheck): Line[] {
  const { engine, convolutionError, gflops, pjrt } = check;
  const lines: Line[] = [];
  if (engine !== undefined) {
    const { mode, reason } = chooseMode("auto", engine);
    const { tensorflow, tfjsVersion } = engine;
    lines.push(
      [
        "TensorFlow",
        tensorflow === undefined
          ? `not set up, and not needed; tfjs ${tfjsVersion}`
          : `${tensorflow.version} (${tensorflow.flavour}), tfjs ${tfjsVersion}, ` +
            `oneDNN ${tensorflow.oneDnn ? "on" : "off"}`,
      ],
      ["device", deviceText(engine)],
      [
        "PJRT",
        pjrt === undefined
          ? "no plugin"
          : `${pjrt.deviceName}${mode === "pjrt" ? "" : ", by engine.backend pjrt"}`,
      ],
      ["steps", `${mode === "pjrt" ? "PJRT" : `TensorFlow, mode ${mode}`} (${reason})`],
      ["faster", fasterText(check)],
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
  return lines;
}

function deviceText({ device, accelerator, computeCapability, threads }: EngineInfo): string {
  const capability = computeCapability === undefined ? "" : ` of compute capability ${computeCapability}`;
  const computes = `${device.toUpperCase()}${capability}, ${counted(threads, "thread")}`;
  return accelerator === undefined ? computes : `${accelerator.deviceName}; besides steps, ${computes}`;
}

const verdictText = ({ problems }: EngineCheck): string =>
  problems.length === 0
    ? "No problems."
    : problems.map(({ problem, remedy }) => `Problem: ${problem}\n  Remedy: ${remedy}`).join("\n");
