// What a stage's result says, in a line; it begins with FAILED where something must be looked at.

/** How many times further from float64 than TensorFlow on a CPU float32 may be. */
const TIMES = 4;
/** What float32's rounding explains where TensorFlow happens to be nearer, and shorter formats at most. */
const ROUNDING = { float32: 1e-5, tf32: 1e-2, bfloat16: 5e-2 };
/** Growth of a process's memory over the steps of the check, in bytes. */
const LEVEL = 64e6;

/** @param {{ name: string, precision?: string, isOptional?: boolean }} stage */
export function verdict({ name, precision, isOptional = false }, result) {
  if (result.problem !== undefined) return `${isOptional ? "not measured" : "FAILED"}: ${result.problem}`;
  if (precision !== undefined) return goldenVerdict(precision, result);
  if (name === "kill and resume") return resumeVerdict(result);
  if (name === "level memory") return levelVerdict(result);
  if (name === "whole run") {
    const waited = Math.round(100 * result.bottleneck.idleShare);
    return `${Math.round(result.imagesPerSecond)} images/s with the loader, waiting for images ${waited}% of the time`;
  }
  return `${Math.round(result.imagesPerSecond)} images/s, ${result.millisecondsPerStep.toFixed(1)} ms a step`;
}

function goldenVerdict(precision, runs) {
  const far = Object.entries(runs).filter(([, { device, cpu }]) =>
    device.some((off, i) => !(off <= TIMES * cpu[i] + ROUNDING[precision])),
  );
  const farthest = Math.max(...Object.values(runs).flatMap(({ device }) => device));
  const rounding = Object.values(runs).filter((run) => run.rounding !== undefined).length;
  const bits = rounding === 0 ? "" : `; ${rounding} give other bits each time`;
  const count = Object.keys(runs).length;
  if (count === 0) return "FAILED: golden.json has none of these runs";
  return far.length === 0
    ? `${count} of ${count} methods right, off by ${farthest.toExponential(1)} from float64${bits}`
    : `FAILED: ${far.map(([name, { device }]) => `${name} off by ${device.map((x) => x.toExponential(1))}`).join("; ")}`;
}

function resumeVerdict([whole, resumed]) {
  if (whole.digest === resumed.digest) return "the same bits as a run that was not stopped";
  return "FAILED: other bits than those of a run that was not stopped";
}

function levelVerdict({ steps, before, after }) {
  const grown = after.resident - before.resident;
  const onDevice = (after.device?.inUse ?? 0) - (before.device?.inUse ?? 0);
  const text = `${(grown / 1e6).toFixed(0)} MB more after ${steps} steps, on the device ${(onDevice / 1e6).toFixed(0)} MB`;
  return grown < LEVEL && onDevice < LEVEL ? text : `FAILED: ${text}`;
}
