import { describe, expect, it } from "vitest";

import { collectGarbage, cpuPlugin } from "../testing/index.ts";
import { download, upload } from "./buffers.ts";
import { openClient } from "./client.ts";
import { compile } from "./executable.ts";
import { openPlugin } from "./plugin.ts";
import { host, products } from "./programs.test.data.ts";

const file = await cpuPlugin();

/** Least steps before memory is measured: the pools of threads and of buffers fill up in them. */
const WARM = 300;
/** Of the steps that are measured, so many come before as well: a busy machine fills its pools later. */
const WARM_SHARE = 0.2;
const SIZE = 256;

/**
 * What the system's allocator may keep for itself, however many steps there are. A buffer that is never freed
 * costs this in 128 steps.
 */
const LEVEL = 128 * SIZE * SIZE * 4;

/** Memory of this process stays level over many steps with donated state, uploads and read results. */
export function keepsMemoryLevel(steps: number): void {
  describe.skipIf(file === undefined)("a client of a PJRT plugin", () => {
    it(`holds as much memory after ${steps} steps as before`, { timeout: 600_000 }, async () => {
      const client = openClient(openPlugin(file!), { cpu_device_count: 1 });
      const program = await compile(client, products(SIZE, 1));
      const zeros = host(new Float32Array(SIZE * SIZE), [SIZE, SIZE]);
      let state = upload(client, zeros);
      const step = async (): Promise<void> => {
        const x = upload(client, zeros);
        const { results, done } = await program.start([[state, x]]);
        await done;
        state.free();
        x.free();
        state = results[0]![0]!;
        await download(state);
      };
      const resident = (): number => {
        collectGarbage();
        return process.memoryUsage().rss;
      };
      for (let i = 0; i < Math.max(WARM, WARM_SHARE * steps); i++) await step();
      const before = resident();
      for (let i = 0; i < steps; i++) await step();
      expect(resident() - before).toBeLessThan(LEVEL);
      await client.close();
    });
  });
}
