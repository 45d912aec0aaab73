import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { afterAll, beforeEach, describe, expect, it } from "vitest";

import { cpuPlugin } from "../testing/index.ts";
import { download, upload } from "./buffers.ts";
import { type DeviceClient, openClient } from "./client.ts";
import type { CompileOptions } from "./compile-options.ts";
import { cachedExecutable } from "./executable-cache.ts";
import { openPlugin } from "./plugin.ts";
import { double, host, numbers } from "./programs.test.data.ts";

const file = await cpuPlugin();

describe.skipIf(file === undefined)("a compiled program", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tssl-compiled-"));
  const client = (): DeviceClient => openClient(openPlugin(file!), { cpu_device_count: 1 });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  /** Doubles an array of floats by a client of its own, and says where the program came from. */
  async function run(
    size = 2,
    options: CompileOptions = {},
    dependsOn: readonly unknown[] = [],
  ): Promise<string> {
    const own = client();
    let found = "";
    const program = await cachedExecutable(own, double(`${size}xf32`), options, {
      folder,
      dependsOn,
      onFound: (where) => (found = where),
    });
    const { results } = await program.start([[upload(own, host(new Float32Array(size).fill(3), [size]))]]);
    expect(numbers(await download(results[0]![0]!))).toEqual(Array<number>(size).fill(6));
    await own.close();
    return found;
  }
  const kept = (): string => path.join(folder, fs.readdirSync(folder)[0]!);

  it("is kept, and computes the same when it is found again", async () => {
    expect(await run()).toBe("compiled");
    expect(await run()).toBe("kept");
    expect(fs.readdirSync(folder)).toHaveLength(1);
  });

  it("is another one for another text and other flags", async () => {
    await run();
    expect(await run(3)).toBe("compiled");
    expect(await run(2, { flags: { xla_backend_optimization_level: 1 } })).toBe("compiled");
    expect(await run()).toBe("kept");
  });

  it("is the same with other files, and another one with another driver", async () => {
    await run();
    expect(await run(2, { files: { xla_dump_to: "" } })).toBe("kept");
    expect(await run(2, {}, ["driver"])).toBe("compiled");
  });

  it.each<[string, () => void]>([
    ["was cut short", () => fs.truncateSync(kept(), 100)],
    ["is empty", () => fs.truncateSync(kept(), 0)],
    [
      "has another byte",
      () => {
        const bytes = fs.readFileSync(kept());
        bytes[bytes.length - 1]! ^= 1;
        fs.writeFileSync(kept(), bytes);
      },
    ],
    ["could be changed by others", () => fs.chmodSync(kept(), 0o666)],
  ])("is compiled anew where the file %s", async (_, harm) => {
    await run();
    harm();
    expect(await run()).toBe("compiled");
    expect(await run()).toBe("kept");
  });

  it("runs where it cannot be kept", async () => {
    fs.writeFileSync(folder, "a file in the folder's place");
    expect(await run()).toBe("compiled");
  });

  it("goes when 64 others were used since", async () => {
    await run();
    const old = kept();
    fs.utimesSync(old, 1, 1);
    for (let i = 0; i < 64; i++) fs.writeFileSync(path.join(folder, `other-${i}.pjrt`), "");
    await run(3);
    expect(fs.existsSync(old)).toBe(false);
    expect(fs.readdirSync(folder)).toHaveLength(64);
  });
});
