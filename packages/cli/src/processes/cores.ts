import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * The cores of this machine in equal shares, one after another, as `taskset -c` takes them: a process counts
 * its threads by the cores that it may use. Undefined where there are fewer cores than shares, or no
 * `taskset`: then processes share all cores.
 */
export function coreShares(count: number): readonly string[] | undefined {
  const cores = allowedCores();
  const each = Math.floor(cores.length / count);
  if (each === 0 || spawnSync("taskset", ["--version"]).status !== 0) return undefined;
  return Array.from({ length: count }, (_, i) => cores.slice(i * each, (i + 1) * each).join(","));
}

/** The numbers of the cores that this process may use. */
function allowedCores(): readonly number[] {
  let status: string;
  try {
    status = readFileSync("/proc/self/status", "utf8");
  } catch {
    return [];
  }
  const [, list = ""] = /^Cpus_allowed_list:\s*(\S+)/m.exec(status) ?? [];
  return coresIn(list);
}

/**
 * The cores of a list as Linux writes it.
 *
 * @example
 * ```ts
 * coresIn("0-2,8"); // => [0, 1, 2, 8]
 * ```
 */
export const coresIn = (list: string): readonly number[] =>
  list
    .split(",")
    .filter((part) => part !== "")
    .flatMap((part) => {
      const [first = 0, last = first] = part.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
