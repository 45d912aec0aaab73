import { messageOf, TsslError } from "../errors.ts";
import { authorsPlace } from "../files/author-files.ts";
import { hookFailed } from "../messages/hooks.ts";

/** What tfjs, its engine and the native backend say of a tensor that is gone. */
const FREED = /disposed|undefined \(reading '(backend|values)'\)/;

/** The calls of a plugin that the trainer makes. */
export type Hook =
  | "views"
  | "setup"
  | "step"
  | "after"
  | "afterStep"
  | "phase"
  | "beforeEpoch"
  | "represent"
  | `input "${string}"`;

/**
 * Calls a hook of a plugin, and says of an error which plugin and hook it comes from. What `views` and
 * `setup` refuse with a `TsslError`, such as options that do not go together, says so itself.
 */
export function inHook<T>(plugin: string, hook: Hook, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw failedIn(plugin, hook, error);
  }
}

/** The same for a hook that the trainer waits for. */
export async function inHookAsync<T>(plugin: string, hook: Hook, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw failedIn(plugin, hook, error);
  }
}

function failedIn(plugin: string, hook: Hook, error: unknown): unknown {
  if ((hook === "views" || hook === "setup") && error instanceof TsslError) return error;
  const readsFreed = (hook === "after" || hook === "afterStep") && FREED.test(messageOf(error));
  const place = authorsPlace(error);
  return hookFailed(plugin, hook, error, { readsFreed, ...(place === undefined ? {} : { place }) });
}
