import path from "node:path";

import { inShell } from "./in-shell.ts";

/**
 * A path as it may be typed in a shell: from the working folder where that is shorter, quoted where it must
 * be.
 *
 * @example
 * ```ts
 * shellPath("/data/my images"); // => "'/data/my images'"
 * ```
 */
export function shellPath(absolute: string): string {
  const relative = path.relative(process.cwd(), absolute);
  const isInside = !absolute.includes("://") && !relative.startsWith("..") && !path.isAbsolute(relative);
  return inShell(isInside ? relative || "." : absolute);
}
