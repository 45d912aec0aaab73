import { messageOf } from "../../errors.ts";
import type { checkNames } from "../messages/check-names.ts";
import type { Subject } from "./subject.ts";

/** One thing that every plugin must do. */
export interface Check {
  readonly name: keyof typeof checkNames;
  /** @returns what is wrong, one sentence each, naming the plugin. Throws what the plugin throws. */
  find(subject: Subject): readonly string[] | Promise<readonly string[]>;
}

/**
 * Throws everything that a check has against a plugin or an encoder: what it found, or what was thrown under
 * its hands.
 *
 * @param name of the plugin or the encoder.
 */
export async function requireNone(find: () => ReturnType<Check["find"]>, name: string): Promise<void> {
  let problems: readonly string[];
  try {
    problems = await find();
  } catch (error) {
    problems = [withName(error, name)];
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

/**
 * What was thrown, with a name before it: that of the plugin whose hook failed, or else the one given.
 */
export function withName(error: unknown, name: string): string {
  const text = messageOf(error);
  return text.startsWith("[") ? text : `[${name}] ${text}`;
}
