import { startEngine } from "@tssl/engine";

import type { AnyEncoder } from "../../networks/encoder.ts";
import { encoderSuiteName } from "../encoder-messages.ts";
import { encoderChecks, type EncoderTestOptions } from "./encoder-checks.ts";

/** Milliseconds; XLA compiles within. */
const TIMEOUT = 120_000;

/**
 * Registers with vitest one test for everything that a run asks of its encoder; what fails says which value
 * and why.
 *
 * Starts the engine on the CPU. vitest is loaded only here, so that the rest of this module serves other test
 * runners; so does `encoderChecks`.
 *
 * @throws {TsslError} INVALID_CONFIG as `encoderChecks`.
 *
 * In a test file:
 * ```ts
 * import { resnet20 } from "../../networks/resnet.ts";
 *
 * await testEncoder(resnet20, { imageSize: 16, viewSizes: [[24, 16]] });
 * ```
 */
export async function testEncoder(encoder: AnyEncoder, options: EncoderTestOptions = {}): Promise<void> {
  const { beforeAll, describe, it } = await import("vitest");
  const checks = encoderChecks(encoder, options);
  describe(encoderSuiteName(encoder.name, options.options), () => {
    beforeAll(() => startEngine({ device: "cpu" }), TIMEOUT);
    for (const { name, run } of checks) it(name, run, TIMEOUT);
  });
}
