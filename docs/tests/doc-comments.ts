import { readdirSync } from "node:fs";
import path from "node:path";

import { type Fence, fencesIn, readText, ROOT } from "./pages.ts";

/** Code in the doc comment of a source file. */
export interface DocFence extends Fence {
  /** Whether `@example` stands above it. */
  readonly isExample: boolean;
}

export const packageNames: readonly string[] = readdirSync(path.join(ROOT, "packages")).sort();

/** The source files of a package, tests and type declarations left out, as paths from the root. */
function sourceFiles(packageName: string): string[] {
  const folder = `packages/${packageName}/src`;
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .map((name) => path.posix.join(folder, name.split(path.sep).join("/")))
    .filter((file) => file.endsWith(".ts") && !/\.(test|test\.data|d)\.ts$/.test(file))
    .sort();
}

/**
 * The code in the doc comments of a package.
 *
 * @throws {Error} naming the line of an `@example` that is not followed by a `ts` fence.
 */
export function docFencesOf(packageName: string): DocFence[] {
  return sourceFiles(packageName).flatMap((file) => {
    const text = readText(file);
    return [...text.matchAll(/^ *\/\*\*[\s\S]*?\*\//gm)].flatMap(({ 0: comment, index }) => {
      const first = text.slice(0, index).split("\n").length;
      const lines = comment.split("\n").map((line) => line.replace(/^ *\* ?/, ""));
      for (const [i, line] of lines.entries()) {
        if (line.startsWith("@example") && lines[i + 1] !== "```ts")
          throw new Error(`${file}:${first + i}: "\`\`\`ts" must stand on the line after @example.`);
      }
      return fencesIn(file, lines, first).map((fence) => ({
        ...fence,
        isExample: lines[fence.line - first - 2]?.startsWith("@example") ?? false,
      }));
    });
  });
}
