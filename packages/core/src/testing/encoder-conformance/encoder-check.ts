import { withPluginName } from "../conformance/check.ts";
import type { encoderCheckNames } from "../encoder-messages.ts";
import type { EncoderSubject } from "./subject.ts";

/** One thing that every encoder must do. */
export interface EncoderRule {
  readonly name: keyof typeof encoderCheckNames;
  /** @returns what is wrong, one sentence each, naming the encoder. Throws what the encoder throws. */
  find(subject: EncoderSubject): readonly string[] | Promise<readonly string[]>;
}

/** Everything that a rule has against an encoder: what it found, or what was thrown under its hands. */
export async function encoderProblems(
  rule: EncoderRule,
  subject: EncoderSubject,
): Promise<readonly string[]> {
  try {
    return await rule.find(subject);
  } catch (error) {
    return [withPluginName(error, subject.encoder.name)];
  }
}
