import { startEngine } from "@tssl/engine";

/** One test: its name, and what throws where it fails. */
interface NamedCheck {
  readonly name: string;
  run(): Promise<void>;
}

/** Milliseconds; XLA compiles within. */
const TIMEOUT = 120_000;

/**
 * Registers with vitest one test for each check, with the engine started on the CPU. vitest is loaded only
 * here, so that the rest of this module serves other test runners.
 */
export async function registerChecks(suite: string, checks: readonly NamedCheck[]): Promise<void> {
  const { beforeAll, describe, it } = await import("vitest");
  describe(suite, () => {
    beforeAll(() => startEngine({ device: "cpu" }), TIMEOUT);
    for (const { name, run } of checks) it(name, run, TIMEOUT);
  });
}
