import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { expect, it, vi } from "vitest";

import { fewDecoders } from "../messages.ts";
import { tellOfFewDecoders } from "./decoder-threads.ts";

it("warns once where workers would wait for each other's decoders", () => {
  const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  vi.stubEnv("UV_THREADPOOL_SIZE", "6");
  tellOfFewDecoders(6);
  expect(warned).not.toHaveBeenCalled();
  tellOfFewDecoders(7);
  tellOfFewDecoders(8);
  expect(warned.mock.calls).toEqual([[fewDecoders(7, 6), "LoaderWarning"]]);
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it("eight workers read and decode eight images at a time, where the pool has threads for them", async () => {
  const [workers, count] = [8, 32];
  const folder = mkdtempSync(path.join(tmpdir(), "augment-zoo-pipes-"));
  const pipes = Array.from({ length: count }, (_, i) => path.join(folder, `${i}.png`));
  execFileSync("mkfifo", pipes);
  const image = readFileSync(new URL("../../fixtures/images/tiny.png", import.meta.url));
  const module = new URL("../../dist/index.js", import.meta.url).href;
  const source = `
    import { createViewLoader, evaluationView } from ${JSON.stringify(module)};
    const files = ${JSON.stringify(pipes)};
    const views = { plain: evaluationView({ size: 8 }) };
    const loader = createViewLoader({ files, views, seed: 1, batchSize: ${count}, workers: ${workers}, cacheMegabytes: 0 });
    const batch = await loader.load({ epoch: 0, indices: files.map((_, i) => i) });
    console.log(batch.views.plain.values.length);
    await loader.close();`;
  const env = { ...process.env, UV_THREADPOOL_SIZE: String(workers) };
  const child = spawn(process.execPath, ["--input-type=module", "-e", source], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    let told = "";
    child.stdout.on("data", (text: Buffer) => (told += text.toString()));
    // Nothing is written before eight pipes have a reader at once: with fewer decoders this would never be.
    const closed = once(child, "close");
    let waiting = [...pipes];
    const open: number[] = [];
    const openReadPipes = (): void => {
      waiting = waiting.filter((pipe) => {
        const writer = openIfRead(pipe);
        if (writer !== undefined) open.push(writer);
        return writer === undefined;
      });
    };
    while (open.length < workers) {
      openReadPipes();
      await sleep(5);
    }
    expect(open.length).toBe(workers);
    while (waiting.length + open.length > 0) {
      for (const writer of open.splice(0)) {
        writeSync(writer, image);
        closeSync(writer);
      }
      await sleep(5);
      openReadPipes();
    }
    await closed;
    expect(told).toBe(`${count * 8 * 8 * 3}\n`);
  } finally {
    child.kill();
    rmSync(folder, { recursive: true });
  }
});

/** Opens a pipe for writing; undefined if nobody reads it. */
function openIfRead(pipe: string): number | undefined {
  try {
    return openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENXIO") return undefined;
    throw error;
  }
}
