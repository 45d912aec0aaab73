import { messageOf, TsslError } from "../errors.ts";

/** What tfjs, its engine and the native backend say of a tensor that is gone. */
const FREED = /disposed|undefined \(reading '(backend|values)'\)/;

/**
 * Calls a hook of a plugin, and says of an error which plugin and hook it comes from. What `views` and `setup` refuse with a `TsslError`,
 * such as options that do not go together, says so itself.
 */
export function inHook<T>(
  plugin: string,
  hook: "views" | "setup" | "step" | "after" | `input "${string}"`,
  call: () => T,
): T {
  try {
    return call();
  } catch (error) {
    if ((hook === "views" || hook === "setup") && error instanceof TsslError) throw error;
    const hint =
      hook === "after" && FREED.test(messageOf(error))
        ? " A tensor of `step` that `after` reads must pass through `keep`."
        : "";
    throw new TsslError("INVALID_PLUGIN", `[${plugin}] ${hook} failed: ${messageOf(error)}${hint}`, {
      cause: error,
    });
  }
}
