import { vi } from "vitest";

import type { Ended } from "./built-program.test.data.ts";
import { runProgram } from "./run-program.ts";

/**
 * Runs a command of the sources in this process; commands that listen to signals or start others are apart.
 */
export async function runCommand(...args: readonly string[]): Promise<Ended> {
  const told = { out: "", err: "" };
  const before = process.exitCode;
  const listen = (stream: NodeJS.WriteStream, name: keyof typeof told) =>
    vi.spyOn(stream, "write").mockImplementation((text, ...rest) => {
      told[name] += String(text);
      const done = rest.find((each) => typeof each === "function");
      done?.();
      return true;
    });
  const spies = [listen(process.stdout, "out"), listen(process.stderr, "err")];
  try {
    const code = await runProgram(args);
    return { code, ...told };
  } finally {
    spies.forEach((spy) => spy.mockRestore());
    process.exitCode = before;
  }
}
