// Compiles the kernels to dist/kernels.wasm where they are newer than it: node
// packages/augment-zoo/kernels/build.mjs
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import asc from "assemblyscript/asc";

const folder = fileURLToPath(new URL(".", import.meta.url));
const output = fileURLToPath(new URL("../dist/kernels.wasm", import.meta.url));

/** The same sources give the same bytes on every machine; the lock file holds the compiler's version. */
export async function compileKernels() {
  let binary;
  const { error, stderr } = await asc.main(
    [
      "index.ts",
      "--outFile=kernels.wasm",
      "--optimizeLevel=3",
      "--enable=simd",
      "--runtime=stub",
      "--noAssert",
      "--use=abort=",
    ],
    {
      readFile: (name, base) => {
        try {
          return readFileSync(path.resolve(folder, base, name), "utf8");
        } catch {
          return null; // the compiler asks for several places in turn
        }
      },
      writeFile: (_name, contents) => {
        binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`Could not compile the kernels: ${error.message}\n${stderr.toString()}`);
  return binary;
}

function isUpToDate() {
  const built = statSync(output, { throwIfNoEntry: false });
  return (
    built !== undefined &&
    readdirSync(folder).every((name) => statSync(path.join(folder, name)).mtimeMs <= built.mtimeMs)
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url) && !isUpToDate()) {
  const binary = await compileKernels();
  mkdirSync(path.dirname(output), { recursive: true });
  writeFileSync(output, binary);
}
