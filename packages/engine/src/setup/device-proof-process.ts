import { createProgram } from "../compile/program.ts";
import { EngineError, messageOf } from "../errors.ts";
import { processDevice } from "../pjrt/process-client.ts";
import { startRecorder } from "../start.ts";
import type { DeviceProof } from "./device-proof.ts";
import { proofStep } from "./device-proof-step.ts";

// Runs in its own process, with the plugin in TSSL_PJRT_PLUGIN. Prints one line of JSON, or, if it fails, one
// line of JSON with the problem and its remedy on standard error.

const STEPS = 3;
type Numbers = ReadonlyMap<string, ArrayLike<number>>;

/** What some steps reach: the last loss, and all state. Mode eager is tfjs in JavaScript. */
async function reached(mode: "eager" | "pjrt", onRounding: (reason: string) => void): Promise<Numbers> {
  const { state, step, inputs } = proofStep();
  const program = createProgram({
    state,
    mode,
    onNotice(notice) {
      if (notice.kind === "rounding") onRounding(notice.reason);
    },
  });
  const compiled = program.compile("proof", step);
  const found = new Map<string, ArrayLike<number>>();
  for (let i = 0; i < STEPS; i++) found.set("loss", (await compiled.run(inputs)).loss!.values);
  for (const [name, { values }] of program.state) found.set(name, values);
  await program.dispose();
  for (const variable of Object.values(state)) variable.dispose();
  return found;
}

/** The largest difference of any tensor, in parts of the tensor's largest number. */
function deviation(found: Numbers, expected: Numbers): number {
  const each = [...expected].map(([name, wanted]) => {
    const largest = Math.max(...Array.from(wanted, Math.abs));
    return Math.max(...Array.from(wanted, (x, i) => Math.abs(x - found.get(name)![i]!))) / largest;
  });
  return each.some(Number.isNaN) ? Infinity : Math.max(...each);
}

try {
  await startRecorder();
  const { client, driver } = processDevice();
  let rounding: string | undefined;
  const told = (reason: string): void => void (rounding ??= reason);
  const [first, second] = [await reached("pjrt", told), await reached("pjrt", told)];
  const proof: DeviceProof = {
    deviceName: client.devices[0]!.kind,
    devices: client.devices.length,
    platform: client.platform,
    apiVersion: client.plugin.apiVersion,
    ...(driver === undefined ? {} : { driver }),
    deviation: deviation(first, await reached("eager", told)),
    isRepeatable: rounding === undefined && deviation(first, second) === 0,
  };
  process.stdout.write(JSON.stringify(proof));
} catch (error) {
  const { problem, remedy } =
    error instanceof EngineError ? error : { problem: messageOf(error), remedy: "" };
  process.stderr.write(`${JSON.stringify({ problem, remedy })}\n`);
  process.exitCode = 1;
}
