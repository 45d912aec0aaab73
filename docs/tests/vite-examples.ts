import type { Plugin } from "vitest/config";

/**
 * Lets tests import the examples of doc comments as modules: `…/info-nce.example-43.ts` is the example whose
 * code begins at line 43 of info-nce.ts.
 */
export function examples(): Plugin {
  const isExample = /\/packages\/([^/]+)\/src\/.*\.example-\d+\.ts$/;
  return {
    name: "tssl-examples",
    enforce: "pre",
    resolveId: (id) => (isExample.test(id) ? id : undefined),
    async load(id) {
      const [, packageName] = isExample.exec(id) ?? [];
      if (packageName === undefined) return undefined;
      const { docFencesOf } = await import("./doc-comments.ts");
      const { exampleModule } = await import("./example-module.ts");
      return docFencesOf(packageName)
        .map(exampleModule)
        .find(({ path }) => path === id)?.checked;
    },
  };
}
