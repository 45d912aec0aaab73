import { defineConfig } from "vitest/config";

import { examples } from "./docs/tests/vite-examples.ts";

// Tests run on the TypeScript sources of every package; worker threads run the build, so `tsc -b` comes first.
const conditions = ["tssl-source", "node", "import", "module", "default"];

export default defineConfig({
  plugins: [examples()],
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "examples/*/*.test.ts", "docs/tests/**/*.test.ts"],
    exclude: [
      "**/node_modules/**",
      "**/dist/**",
      ...(process.env["TSSL_LONG_TESTS"] ? [] : ["**/*.long.test.ts"]),
    ],
    // One TensorFlow library per process: it does not load twice into the threads of one.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
