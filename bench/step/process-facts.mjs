// What Linux says of processes.
import { readFileSync, writeFileSync } from "node:fs";

/** Most memory that the process has held since its start or since `forgetPeak`, in MiB. */
export function peakMib(pid) {
  const [, kib] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(kib) / 1024;
}

export const forgetPeak = (pid) => writeFileSync(`/proc/${pid}/clear_refs`, "5");

/** Processor time that the process has used, in ticks. */
export function ticksOf(pid) {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ").slice(11);
  return Number(user) + Number(system);
}

/**
 * Processor time of all processors since the machine started, in ticks: that which was used, and all there
 * was.
 */
export function machineTicks() {
  const [user, nice, system, idle, waiting, interrupts, softInterrupts, stolen] = readFileSync(
    "/proc/stat",
    "utf8",
  )
    .split("\n")[0]
    .split(/\s+/)
    .slice(1)
    .map(Number);
  const used = user + nice + system + interrupts + softInterrupts + stolen;
  return { used, all: used + idle + waiting };
}
