import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

// @ts-expect-error: a script without types
import { compileKernels } from "../kernels/build.mjs";

it("dist/kernels.wasm is what the sources compile to", async () => {
  const built = readFileSync(new URL("../dist/kernels.wasm", import.meta.url));
  const compiled = await (compileKernels as () => Promise<Uint8Array>)();
  expect(Buffer.compare(built, compiled)).toBe(0);
});
