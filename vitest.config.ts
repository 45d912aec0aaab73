import { defineConfig } from "vitest/config";

import { examples } from "./docs/tests/vite-examples.ts";

// Tests run on the TypeScript sources of every package; worker threads run the build, so `tsc -b` comes
// first.
const long = Boolean(process.env["TSSL_LONG_TESTS"]);
const conditions = ["tssl-source", "node", "import", "module", "default"];
const exclude = ["**/node_modules/**", "**/dist/**", ...(long ? [] : ["**/*.long.test.ts"])];

/** Of the command line: what runs commands in the test's own process, or changes its environment. */
const commandsInProcess = [
  "commands/export-push",
  "commands/new-plugin",
  "commands/table",
  "bad-input",
  "command-fuzz",
  "damaged-runs",
  "full-disk",
  "hostile-names",
  "inspection-text",
  "private-shards",
  "recorder",
  "replay",
  "replicas",
  "reproduce-row",
  "resume",
  "resume-without-step",
  "shards",
  "trust",
].map((name) => `packages/cli/src/${name}.test.ts`);

/**
 * Files that need a process of their own: they start the engine in their own way, put modules in place, or
 * measure memory. The others share two processes: each would load the sources anew, which takes longer than
 * most of them.
 */
const ownProcess = [
  ...commandsInProcess,
  "packages/cli/src/**/*.long.test.ts",
  "packages/engine/src/compile/program.test.ts",
  "packages/engine/src/file-lock-unsupported.test.ts",
  "packages/engine/src/installed.test.ts",
  "packages/engine/src/ops/raw-op.test.ts",
  "packages/engine/src/ops/replicas.test.ts",
  "packages/engine/src/start.test.ts",
  "packages/engine/src/start-recorder.test.ts",
  "packages/engine/src/without-tensorflow.test.ts",
  "packages/engine/src/setup/*.test.ts",
  "packages/core/src/evaluation/on-device.test.ts",
  "packages/core/src/data/shards/damaged-shards.test.ts",
  "packages/core/src/data/shards/hostile-servers.test.ts",
  "packages/core/src/training/load-encoder.test.ts",
  "packages/augment-zoo/src/http-range.test.ts",
  "packages/augment-zoo/src/loader/*.test.ts",
  "packages/demo-data/src/**/*.test.ts",
  "examples/your-own-service/*.test.ts",
  "docs/tests/**/*.test.ts",
];

export default defineConfig({
  plugins: [examples()],
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    tags: [{ name: "long", description: "Takes long: run by `npm run test:long` only." }],
    // In the long tests, steps run on the plugin of a device too, wherever they run in every mode.
    setupFiles: long ? ["packages/engine/src/testing/with-cpu-plugin.test.setup.ts"] : [],
    // LLVM takes most of the time in which XLA compiles a step. The long tests compile as users do.
    ...(long ? {} : { env: { XLA_FLAGS: "--xla_backend_optimization_level=0" } }),
    // One TensorFlow library per process: it does not load twice into the threads of one.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: long ? 600_000 : 60_000, // the plugin of a CPU takes its time with a ResNet-20
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: "one process",
          // Loading TensorFlow and its JavaScript takes longer than most of these tests.
          isolate: false,
          include: [
            "packages/*/src/**/*.test.ts",
            `packages/cli/templates/${long ? "*" : "method"}/src/*.test.ts`,
            "examples/*/*.test.ts",
          ],
          exclude: [...exclude, ...ownProcess],
        },
      },
      { extends: true, test: { name: "own process", include: ownProcess, exclude } },
    ],
  },
});
