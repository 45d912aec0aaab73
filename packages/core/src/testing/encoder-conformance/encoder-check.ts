import type { encoderCheckNames } from "../encoder-messages.ts";
import type { EncoderSubject } from "./subject.ts";

/** One thing that every encoder must do. */
export interface EncoderRule {
  readonly name: keyof typeof encoderCheckNames;
  /** @returns what is wrong, one sentence each, naming the encoder. Throws what the encoder throws. */
  find(subject: EncoderSubject): readonly string[] | Promise<readonly string[]>;
}
