import { messageOf } from "../errors.ts";
import { convolutionError } from "../known-convolution.ts";
import { startEngine } from "../start.ts";

// Runs in a process of its own: one line of JSON on success, one line of text on stderr otherwise.
try {
  const engine = await startEngine();
  process.stdout.write(JSON.stringify({ engine, convolutionError: convolutionError() }));
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
