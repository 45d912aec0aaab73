import { describe, expect, it } from "vitest";

import { docFencesOf } from "./doc-comments.ts";
import { exampleModule } from "./example-module.ts";

/** Declares a test for each `@example` of a package: it runs, and each value that it states is right. */
export function runExamples(packageName: string): void {
  describe(`examples of packages/${packageName}`, () => {
    for (const fence of docFencesOf(packageName).filter(({ isExample }) => isExample)) {
      it(`${fence.file}:${fence.line}`, async () => {
        const { path, values } = exampleModule(fence);
        expect(values, `${fence.file}:${fence.line}: an example states a value: // => 0.5`).toBeGreaterThan(
          0,
        );
        await import(/* @vite-ignore */ path);
      });
    }
  });
}
