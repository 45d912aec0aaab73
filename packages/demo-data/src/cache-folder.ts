import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The folder for files that can be made again: `TSSL_CACHE`, else `XDG_CACHE_HOME/tssl`, else
 * `~/.cache/tssl`.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env["TSSL_CACHE"]) return env["TSSL_CACHE"];
  return join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "tssl");
}
