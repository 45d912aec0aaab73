import type { AnyEncoder } from "../../networks/encoder.ts";
import { encoderSuiteName } from "../encoder-messages.ts";
import { registerChecks } from "../conformance/register-checks.ts";
import { encoderChecks, type EncoderTestOptions } from "./encoder-checks.ts";

/**
 * Registers with vitest one test for everything that a run asks of its encoder; what fails says which value
 * and why.
 *
 * Starts the engine on the CPU, and loads vitest; `encoderChecks` serves other test runners.
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
  await registerChecks(encoderSuiteName(encoder.name, options.options), encoderChecks(encoder, options));
}
