import { messageOf } from "../../errors.ts";
import type { checkNames } from "../messages.ts";
import type { Subject } from "./subject.ts";

/** One thing that every plugin must do. */
export interface Check {
  readonly name: keyof typeof checkNames;
  /** @returns what is wrong, one sentence each, naming the plugin. Throws what the plugin throws. */
  find(subject: Subject): readonly string[] | Promise<readonly string[]>;
}

/** Everything that a check has against a plugin: what it found, or what was thrown under its hands. */
export async function problemsOf(check: Check, subject: Subject): Promise<readonly string[]> {
  try {
    return await check.find(subject);
  } catch (error) {
    return [withPluginName(error, subject.plugin.name)];
  }
}

/**
 * What was thrown, with a plugin's name before it: that of the plugin whose hook failed, or else the one
 * given.
 */
export function withPluginName(error: unknown, plugin: string): string {
  const text = messageOf(error);
  return text.startsWith("[") ? text : `[${plugin}] ${text}`;
}
