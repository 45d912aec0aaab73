import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { expect, it, vi } from "vitest";

import { fewDecoders } from "../messages/threads.ts";
import { tellOfFewDecoders } from "./decoder-threads.ts";

it("warns once where workers would wait for each other's decoders", () => {
  const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  vi.stubEnv("UV_THREADPOOL_SIZE", "6");
  tellOfFewDecoders(6);
  expect(warned).not.toHaveBeenCalled();
  tellOfFewDecoders(7);
  tellOfFewDecoders(8);
  expect(warned.mock.calls).toEqual([[fewDecoders({ workers: 7, threads: 6, enough: 18 }), "LoaderWarning"]]);
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** A library to preload, with which opening a file waits in the thread that opens it. */
function slowOpen(folder: string): string {
  const library = path.join(folder, "slow-open.so");
  const source = fileURLToPath(new URL("../../fixtures/slow-open.cc", import.meta.url));
  execFileSync(process.env["CXX"] ?? "c++", ["-shared", "-fPIC", "-o", library, source, "-ldl", "-pthread"]);
  return library;
}

it("eight workers read and decode two images each at a time, where the pool has threads for them", () => {
  const [workers, count] = [8, 32];
  const folder = mkdtempSync(path.join(tmpdir(), "augment-zoo-slow-"));
  try {
    const files = Array.from({ length: count }, (_, i) => path.join(folder, `${i}.png`));
    const image = fileURLToPath(new URL("../../fixtures/images/tiny.png", import.meta.url));
    for (const file of files) copyFileSync(image, file);
    const module = new URL("../../dist/index.js", import.meta.url).href;
    const source = `
      import { createViewLoader, evaluationView } from ${JSON.stringify(module)};
      const files = ${JSON.stringify(files)};
      const views = { plain: evaluationView({ size: 8 }) };
      const loader = createViewLoader({ files, views, seed: 1, batchSize: ${count}, workers: ${workers}, cacheMegabytes: 0 });
      const batch = await loader.load({ epoch: 0, indices: files.map((_, i) => i) });
      console.log(batch.views.plain.values.length);
      await loader.close();`;
    const env = {
      ...process.env,
      UV_THREADPOOL_SIZE: String(2 * workers),
      LD_PRELOAD: slowOpen(folder),
      SLOW_OPEN: path.basename(folder),
      // No file is opened before two of each worker are: fewer decoders would wait in vain.
      SLOW_OPEN_TOGETHER: String(2 * workers),
    };
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", source], {
      env,
      encoding: "utf8",
    });
    expect([stdout, stderr]).toEqual([`${count * 8 * 8 * 3}\n`, ""]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
