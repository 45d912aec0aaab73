import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { afterAll, describe, expect, it } from "vitest";

import { installedAddon } from "../installed.ts";
import { buildDriver, isInstalled, mustRun, STRICT_FLAGS } from "./native-driver.test.data.ts";
import { headersIn, nativeFolder } from "./native-units.ts";
import { nodeApiHeaders } from "../tfjs-node.ts";

const MINUTES = 60_000;
const base = fs.mkdtempSync(path.join(os.tmpdir(), "tssl-native-"));
afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

const compilers = ["g++", "clang++"];
const installed = new Set<string>();
for (const program of [
  ...compilers,
  "clang-format",
  "qemu-x86_64",
  "qemu-aarch64",
  "aarch64-linux-gnu-g++",
]) {
  if (await isInstalled(program)) installed.add(program);
}
/** Tests of programs that are not installed are skipped, which vitest says. */
const runsWith = (...programs: string[]) => it.runIf(programs.every((program) => installed.has(program)));
const isX64 = process.arch === "x64";

interface Report {
  readonly kernels: string;
  /** Of what must be the same bits for any number of threads. */
  readonly digest: string;
}

/** Runs the driver, whose checks must all hold, and reads its last line. */
async function run(
  command: readonly string[],
  { threads, limit = "DEFAULT" }: { readonly threads: number; readonly limit?: string },
): Promise<Report> {
  const [program, ...parameters] = command;
  const output = await mustRun(program!, parameters, {
    TF_NUM_INTRAOP_THREADS: String(threads),
    ONEDNN_MAX_CPU_ISA: limit,
    // The driver asks for more memory than there can be, and must get a refusal.
    ASAN_OPTIONS: "allocator_may_return_null=1",
    TSAN_OPTIONS: "allocator_may_return_null=1",
  });
  const [, kernels, digest] = /^kernels (.*), threads \d+, digest (.*): 0 of \d{3} checks failed$/m.exec(
    output,
  )!;
  return { kernels: kernels!, digest: digest! };
}

async function expectSameForAnyThreads(
  command: readonly string[],
  kernels: string,
  limit?: string,
): Promise<void> {
  const reports: Report[] = [];
  for (const threads of [1, 3]) reports.push(await run(command, { threads, ...(limit && { limit }) }));
  expect(reports.map((report) => report.kernels)).toEqual([kernels, kernels]);
  expect(reports[0]!.digest).toBe(reports[1]!.digest);
}

const widest = /\bavx512dq\b.*\bavx512vl\b/.test(fs.readFileSync("/proc/cpuinfo", "utf8"))
  ? "AVX-512"
  : "AVX2";

describe.runIf(isX64).each(compilers)("the kernels, by %s", (compiler) => {
  const driverOf = (name: string, flags: readonly string[]): Promise<string> =>
    buildDriver({ compiler, flags, folder: path.join(base, `${compiler}-${name}`) });

  runsWith(compiler)(
    "are what plain loops give, in each instruction set and on any number of threads",
    async () => {
      const driver = await driverOf("plain", []);
      await expectSameForAnyThreads([driver], widest);
      await expectSameForAnyThreads([driver], "AVX2", "AVX2");
      expect((await run([driver], { threads: 2, limit: "SSE41" })).kernels).toBe("none");
    },
    10 * MINUTES,
  );

  runsWith(compiler, "qemu-x86_64")(
    "run on a processor that has AVX2 and no AVX-512",
    async () => {
      const driver = await driverOf("avx2", []);
      const command = ["qemu-x86_64", "-cpu", "Haswell", driver];
      expect((await run(command, { threads: 3 })).kernels).toBe("AVX2");
    },
    10 * MINUTES,
  );

  runsWith(compiler)(
    "touch no memory but their own, and do nothing undefined",
    async () => {
      const flags = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
      const driver = await driverOf("address", flags);
      await expectSameForAnyThreads([driver], widest);
      await expectSameForAnyThreads([driver], "AVX2", "AVX2");
    },
    10 * MINUTES,
  );

  runsWith(compiler)(
    "share nothing between threads without order",
    async () => {
      const driver = await driverOf("thread", ["-g", "-fsanitize=thread"]);
      await expectSameForAnyThreads([driver], widest);
      await expectSameForAnyThreads([driver], "AVX2", "AVX2");
    },
    10 * MINUTES,
  );
});

runsWith("aarch64-linux-gnu-g++", "qemu-aarch64")(
  "the kernels for arm64 are what plain loops give",
  async () => {
    const folder = path.join(base, "arm64");
    const compiler = "aarch64-linux-gnu-g++";
    const driver = await buildDriver({ compiler, arch: "arm64", flags: ["-static"], folder });
    expect((await run(["qemu-aarch64", driver], { threads: 3 })).kernels).toBe("NEON");
  },
  10 * MINUTES,
);

describe.each(compilers)("the ops, by %s", (compiler) => {
  const native = nativeFolder();
  const { libraryFolder } = installedAddon();
  const headers = ["-isystem", path.join(libraryFolder, "include"), "-isystem", nodeApiHeaders()];

  runsWith(compiler)(
    "compile without a warning",
    async () => {
      const sources = fs.readdirSync(native).filter((name) => /(_ops|op_kernel|log)\.cc$/.test(name));
      expect(sources).toHaveLength(6);
      for (const name of sources) {
        const object = path.join(base, `${compiler}.o`);
        await mustRun(compiler, [...STRICT_FLAGS, ...headers, "-c", path.join(native, name), "-o", object]);
      }
    },
    5 * MINUTES,
  );

  runsWith(compiler)(
    "tell TensorFlow of every exception, and may be registered twice",
    async () => {
      const driver = path.join(base, `${compiler}-ops`);
      const sources = ["test/tensorflow/driver.cc", "op_kernel.cc", "parallel.cc"];
      await mustRun(compiler, [
        ...[...STRICT_FLAGS, ...headers],
        ...sources.map((name) => path.join(native, name)),
        ...["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"].map((name) =>
          path.join(libraryFolder, name),
        ),
        ...["-Xlinker", "-rpath", "-Xlinker", libraryFolder, "-o", driver],
      ]);
      expect(await mustRun(driver, [], { TF_NUM_INTRAOP_THREADS: "3" })).toMatch(/^0 of 9 checks failed$/m);
    },
    5 * MINUTES,
  );
});

runsWith("clang-format")("the C++ sources are formatted", async () => {
  const folders = ["", "x64", "arm64", "test", "test/tensorflow"].map((name) =>
    path.join(nativeFolder(), name),
  );
  const files = folders.flatMap((folder) => [
    ...headersIn(folder),
    ...fs
      .readdirSync(folder)
      .filter((name) => name.endsWith(".cc"))
      .map((name) => path.join(folder, name)),
  ]);
  expect(files.length).toBeGreaterThan(30);
  await mustRun("clang-format", ["--dry-run", "--Werror", ...files]);
  const tooLong = files.flatMap((file) =>
    fs
      .readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line.length > 110)
      .map((line) => `${file}: ${line}`),
  );
  expect(tooLong).toEqual([]);
});
