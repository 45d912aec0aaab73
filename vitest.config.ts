import { defineConfig } from "vitest/config";

import { examples } from "./docs/tests/vite-examples.ts";

// Tests run on the TypeScript sources of every package; worker threads run the build, so `tsc -b` comes
// first.
const long = Boolean(process.env["TSSL_LONG_TESTS"]);
const conditions = ["tssl-source", "node", "import", "module", "default"];

export default defineConfig({
  plugins: [examples()],
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "examples/*/*.test.ts", "docs/tests/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", ...(long ? [] : ["**/*.long.test.ts"])],
    // LLVM takes most of the time in which XLA compiles a step. The long tests compile as users do.
    ...(long ? {} : { env: { XLA_FLAGS: "--xla_backend_optimization_level=0" } }),
    // One TensorFlow library per process: it does not load twice into the threads of one.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
