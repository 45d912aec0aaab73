import { messageOf } from "../errors.ts";
import { convolutionError } from "../known-convolution.ts";
import { startEngine } from "../start.ts";

// Runs in its own process. Prints one line of JSON, or one line of text on standard error if it fails.
try {
  const engine = await startEngine();
  process.stdout.write(JSON.stringify({ engine, convolutionError: convolutionError() }));
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
