import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Worker } from "node:worker_threads";

import { afterAll, describe, expect, it } from "vitest";

import { cpuPlugin } from "../testing/index.ts";
import { openPlugin } from "./plugin.ts";
import { SCALE } from "./programs.test.data.ts";

const file = await cpuPlugin();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tssl-plugin-"));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

describe("a file that is no plugin", () => {
  const broken = (content: string): string => {
    const made = path.join(folder, "plugin.so");
    fs.writeFileSync(made, content);
    return made;
  };

  it.each([
    ["is missing", () => path.join(folder, "none.so"), /there is no such file/],
    ["is empty", () => broken(""), /file too short/],
    ["is text", () => broken("not a library".repeat(10)), /invalid ELF header/],
    ["is another library", () => mathLibrary(), /GetPjrtApi/],
  ])("is refused where it %s", (_, make, reason) => {
    const given = make();
    expect(() => openPlugin(given)).toThrow(
      expect.objectContaining({
        code: "DEVICE_PLUGIN_BROKEN",
        message: expect.stringMatching(reason) as string,
      }),
    );
  });
});

/** A library that this process has loaded. */
function mathLibrary(): string {
  const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] };
  return sharedObjects.find((name) => /\/libm[.-]/.test(name))!;
}

/** A thread with a client of its own, which computes and answers with a sum. */
const THREAD = `
  import { parentPort, workerData } from "node:worker_threads";
  const from = (name) => import(new URL(name, workerData.build));
  const [{ openPlugin }, { openClient }, { compile }, { upload, download }] = await Promise.all(
    ["plugin.js", "client.js", "executable.js", "buffers.js"].map(from),
  );
  const client = openClient(openPlugin(workerData.file), { cpu_device_count: 1 });
  const program = await compile(client, workerData.text);
  const array = (values, shape) =>
    upload(client, { element: "float32", shape, bytes: new Uint8Array(Float32Array.from(values).buffer) });
  let w = array([1, 1, 1, 1], [4]);
  let sum = 0;
  for (let step = 0; step < 20; step++) {
    const { results } = await program.start([[w, array([1, 2, 3, 4, 5, 6, 7, 8], [2, 4])]]);
    sum += new Float32Array((await download(results[0][1])).bytes.buffer).reduce((a, b) => a + b);
    w = results[0][0];
  }
  if (workerData.closes) await client.close();
  parentPort.postMessage(sum);
`;

describe.skipIf(file === undefined)("a PJRT plugin in several threads", () => {
  it("computes in all of them at once, and outlives them", async () => {
    const build = new URL("../../dist/pjrt/", import.meta.url).href;
    const source = new URL(`data:text/javascript,${encodeURIComponent(THREAD)}`);
    const sums = await Promise.all(
      [true, false, true].map(
        (closes) =>
          new Promise((resolve, reject) => {
            const worker = new Worker(source, { workerData: { build, file, text: SCALE, closes } });
            worker.once("message", resolve);
            worker.once("error", reject);
          }),
      ),
    );
    expect(sums).toEqual([0, 1, 2].map(() => 36 * (2 ** 20 - 1)));
  });
});
